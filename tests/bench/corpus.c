#include "tests/bench/corpus.h"

static uint64_t state;

static uint32_t next(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % below;
}

static bool chance(unsigned percent)
{
	return next(100) < percent;
}

static const char *const words[] = {
	"the",	  "of",	    "and",  "deploy", "review", "kernel", "latency", "release",	 "branch",
	"socket", "please", "look", "again",  "thanks", "at",	  "noon",    "tomorrow", "it",
	"works",  "for",    "me",   "now",    "but",	"why",	  "does",    "this",	 "fail",
};

static const char *const others[] = { "naïve",	   "привет",
				      "日本語",	   "🎉",
				      "&amp;",	   "a &lt; b",
				      "it&apos;s", "https://example.org/?a=1&amp;b=2" };

static void text(struct buf *b, unsigned least)
{
	unsigned n = least + next(24);

	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_put_char(b, ' ');
		if (chance(8))
			buf_put_str(b, others[next(ARRAY_SIZE(others))]);
		else
			buf_put_str(b, words[next(ARRAY_SIZE(words))]);
	}
}

static void hex(struct buf *b, unsigned digits)
{
	for (unsigned i = 0; i < digits; i++)
		buf_put_char(b, "0123456789abcdef"[next(16)]);
}

static void base64(struct buf *b, unsigned bytes)
{
	char raw[512];

	for (unsigned i = 0; i < bytes; i++)
		raw[i] = (char)next(256);
	buf_put_base64(b, (struct strview){ raw, bytes });
}

static void uuid(struct buf *b)
{
	hex(b, 8);
	buf_put_char(b, '-');
	hex(b, 4);
	buf_put_str(b, "-4");
	hex(b, 3);
	buf_put_char(b, '-');
	hex(b, 4);
	buf_put_char(b, '-');
	hex(b, 12);
}

static void stamp(struct buf *b)
{
	buf_printf(b, "2026-%02u-%02uT%02u:%02u:%02u.%03uZ", 1 + next(12), 1 + next(28), next(24),
		   next(60), next(60), next(1000));
}

static void stanza_id(struct buf *b, const char *by)
{
	buf_printf(b, "<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='", by);
	uuid(b);
	buf_put_str(b, "'/>");
}

static void encrypted(struct buf *b)
{
	unsigned keys = 2 + next(5);

	buf_printf(b, "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='%u'>",
		   next(2000000000));
	for (unsigned i = 0; i < keys; i++) {
		buf_printf(b, "<key rid='%u'>", next(2000000000));
		base64(b, 48);
		buf_put_str(b, "</key>");
	}
	buf_put_str(b, "<iv>");
	base64(b, 12);
	buf_put_str(b, "</iv></header><payload>");
	base64(b, 20 + next(240));
	buf_put_str(b, "</payload></encrypted><encryption xmlns='urn:xmpp:eme:0' name='OMEMO' "
		       "namespace='eu.siacs.conversations.axolotl'/>"
		       "<body>This message is encrypted.</body><store xmlns='urn:xmpp:hints'/>");
}

static void extras(struct buf *b)
{
	if (chance(10)) {
		buf_put_str(b, "<html xmlns='http://jabber.org/protocol/xhtml-im'><body "
			       "xmlns='http://www.w3.org/1999/xhtml'><p style='margin:0'>");
		text(b, 4);
		buf_put_str(b, " <strong>");
		text(b, 1);
		buf_put_str(b, "</strong><br/></p></body></html>");
	}
	if (chance(12)) {
		buf_put_str(b, "<reply xmlns='urn:xmpp:reply:0' to='kenji@example.org/phone' id='");
		uuid(b);
		buf_put_str(b, "'/>");
	}
	if (chance(50))
		buf_put_str(b, "<active xmlns='http://jabber.org/protocol/chatstates'/>");
	if (chance(50))
		buf_put_str(b, "<request xmlns='urn:xmpp:receipts'/>");
	if (chance(60))
		buf_put_str(b, "<markable xmlns='urn:xmpp:chat-markers:0'/>");
}

static void chat(struct buf *b)
{
	buf_printf(b,
		   "<message xml:lang='en' to='bench@bench.test/b' from='%s%u@example.org/phone' "
		   "type='chat' id='",
		   words[next(9)], next(240));
	uuid(b);
	buf_put_str(b, "'>");
	if (chance(14)) {
		encrypted(b);
	} else {
		buf_put_str(b, "<body>");
		text(b, 6);
		buf_put_str(b, "</body>");
		extras(b);
	}
	buf_put_str(b, "<origin-id xmlns='urn:xmpp:sid:0' id='");
	uuid(b);
	buf_put_str(b, "'/>");
	stanza_id(b, "bench@bench.test");
	if (chance(8)) {
		buf_put_str(b, "<delay xmlns='urn:xmpp:delay' from='bench.test' stamp='");
		stamp(b);
		buf_put_str(b, "'>Offline Storage</delay>");
	}
	buf_put_str(b, "</message>");
}

static void room_message(struct buf *b)
{
	buf_printf(b,
		   "<message xml:lang='en' type='groupchat' to='bench@bench.test/b' "
		   "from='room-%u@conference.example.org/%s' id='",
		   next(24), words[next(9)]);
	uuid(b);
	buf_put_str(b, "'><body>");
	text(b, 5);
	buf_put_str(b, "</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='");
	base64(b, 32);
	buf_put_str(b, "'/>");
	stanza_id(b, "room-1@conference.example.org");
	if (chance(30)) {
		buf_put_str(b, "<delay xmlns='urn:xmpp:delay' stamp='");
		stamp(b);
		buf_put_str(b, "'/>");
	}
	buf_put_str(b, "</message>");
}

static void presence(struct buf *b)
{
	buf_printf(b, "<presence to='bench@bench.test/b' from='%s%u@example.org/gajim.%u'",
		   words[next(9)], next(240), next(1000000));
	if (chance(20)) {
		buf_put_str(b, " type='unavailable'/>");
		return;
	}
	buf_printf(b, "><show>%s</show><status>", chance(50) ? "away" : "dnd");
	text(b, 2);
	buf_printf(b,
		   "</status><priority>%u</priority><c xmlns='http://jabber.org/protocol/caps' "
		   "hash='sha-1' node='https://gajim.org' ver='",
		   next(127));
	base64(b, 20);
	buf_put_str(b, "'/><x xmlns='vcard-temp:x:update'><photo>");
	hex(b, 40);
	buf_put_str(b, "</photo></x><idle xmlns='urn:xmpp:idle:1' since='");
	stamp(b);
	buf_put_str(b, "'/></presence>");
}

static void result(struct buf *b)
{
	unsigned items = 2 + next(12);

	buf_put_str(b, "<iq type='result' from='example.org' to='bench@bench.test/b' id='");
	hex(b, 12);
	buf_put_str(b, "'><query xmlns='http://jabber.org/protocol/disco#info'>"
		       "<identity category='server' type='im' name='Server'/>");
	for (unsigned i = 0; i < items; i++)
		buf_printf(b, "<feature var='urn:xmpp:%s:%u'/>", words[next(9)], next(9));
	buf_put_str(b, "</query></iq>");
}

static void notification(struct buf *b)
{
	buf_printf(b,
		   "<message from='%s%u@example.org' to='bench@bench.test/b' type='headline'>"
		   "<event xmlns='http://jabber.org/protocol/pubsub#event'><items "
		   "node='http://jabber.org/protocol/tune'><item id='",
		   words[next(9)], next(240));
	hex(b, 16);
	buf_put_str(b, "'><tune xmlns='http://jabber.org/protocol/tune'><artist>");
	text(b, 1);
	buf_put_str(b, "</artist><title>");
	text(b, 2);
	buf_put_str(b, "</title></tune></item></items></event></message>");
}

void corpus_mixed(struct buf *out, unsigned n, uint64_t seed)
{
	state = seed * 2 + 1;
	for (unsigned i = 0; i < n; i++) {
		unsigned kind = next(100);

		if (kind < 52)
			chat(out);
		else if (kind < 72)
			room_message(out);
		else if (kind < 90)
			presence(out);
		else if (kind < 95)
			result(out);
		else
			notification(out);
	}
}
