#include <stdlib.h>

#include "protocol/base/jid.h"
#include "protocol/xso/xso_archives.h"
#include "protocol/xso/xso_decode.h"

bool xso_archives_have(const struct xso_archives *archives, struct strview jid)
{
	return archives->n_jids &&
	       bsearch(&jid, archives->jids, archives->n_jids, sizeof(jid), strview_compare);
}

/* The JID of an attribute, prepared; all empty where it is none. False without memory. */
static bool attr_jid(struct xso_decoder *d, struct strview text, struct jid *ret)
{
	enum jid_result r;

	if (!text.p || jid_split(text, ret))
		return true;
	r = jid_parse(text, d->a, ret);
	if (r != JID_OK)
		*ret = (struct jid){ .full = SV_NONE };
	return r != JID_NO_MEMORY;
}

enum xso_taken xso_sender(struct xso_decoder *d, const struct xso_field *f)
{
	struct strview text = elem_attr(d->e, "from"), account = d->ctx->account;
	const struct xso_archives *archives = d->ctx->archives;
	struct jid from = { .full = SV_NONE }, to = { .full = SV_NONE };
	bool own;

	if (d->inside)
		return XSO_LEFT;
	if (!attr_jid(d, text, &from))
		return XSO_FAILED;
	if (account.n == 0) {
		if (!attr_jid(d, elem_attr(d->e, "to"), &to))
			return XSO_FAILED;
		account = to.bare;
	}
	own = !text.p || (from.full.n && strview_eq(from.full, account));
	if (f->flags & XSO_FROM_ACCOUNT && own)
		return XSO_TAKEN;
	if (f->flags & XSO_FROM_ARCHIVE && archives)
		if (own ? archives->own : xso_archives_have(archives, from.full))
			return XSO_TAKEN;
	return XSO_LEFT;
}
