/* A link's log: lines of the daemon's own, and events of those who asked. */
#include "daemon/link/link_internal.h"

#include "ipc/json/jsonw.h"
#include "protocol/base/ns.h"
#include "protocol/xml/xmlwrite.h"

void link_log(struct link *k, enum log_level level, const char *format, ...)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT;
	CLEANUP(buf_done) struct buf members = BUF_INIT;
	bool event = (int)level <= k->log_level && link_wants(k, EVENT_LOG);
	struct event e;
	va_list ap;

	if (!event && level > log_get_level())
		return;
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	if (text.error)
		return;
	log_stream(strview_of(k->name), level, "%.*s", SV_ARG(buf_view(&text)));
	if (!event)
		return;
	jsonw_member_cstr(&members, "level", log_level_name(level));
	jsonw_member(&members, "message", buf_view(&text));
	e = link_event(k, EVENT_LOG);
	e.members = buf_view(&members);
	e.level = (int)level;
	if (!members.error)
		bus_publish(k->links->bus, &e);
}

/* Content of these is secret, or as good as (SASL). */
static bool is_secret(const struct elem *e)
{
	return strview_is(e->ns, XMLNS_SASL) || strview_is(e->ns, XMLNS_SASL2);
}

void link_log_xso(struct link *k, bool out, const struct elem *e, bool secret)
{
	CLEANUP(buf_done) struct buf xml = BUF_INIT;
	struct xmlwrite_context ctx = { .default_ns = link_xso_context(k).default_ns,
					.stream_prefix = true,
					.noncharacters = true };

	if (log_get_level() < LOG_LEVEL_DEBUG &&
	    (k->log_level < (int)LOG_LEVEL_DEBUG || !link_wants(k, EVENT_LOG)))
		return;
	if (secret || is_secret(e)) {
		link_log(k, LOG_LEVEL_DEBUG, "%s <%.*s> (content omitted)", out ? "SENT" : "RECV",
			 SV_ARG(e->name));
		return;
	}
	if (xmlwrite_elem(&xml, e, &ctx, NULL) == 0)
		link_log(k, LOG_LEVEL_DEBUG, "%s %.*s", out ? "SENT" : "RECV",
			 SV_ARG(buf_view(&xml)));
}
