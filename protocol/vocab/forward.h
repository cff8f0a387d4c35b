/* Messages inside of others: forwarded (XEP-0297), carbons (XEP-0280), archived (XEP-0313). */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_CARBONS "urn:xmpp:carbons:2" /* XEP-0280 */
#define XMLNS_FORWARD "urn:xmpp:forward:0" /* XEP-0297 */
#define XMLNS_MAM     "urn:xmpp:mam:2"	   /* XEP-0313 */

/* With at most one of the stanzas. */
struct forwarded {
	struct xso xso;
	struct delay *delay;
	struct message *message;
	struct presence *presence;
	struct iq *iq;
};

/* received and sent */
struct carbon {
	struct xso xso;
	struct forwarded *forwarded;
};

/* What an archive sends before it answers the query. */
struct mam_result {
	struct xso xso;
	struct strview id, queryid;
	struct forwarded *forwarded;
};

extern const struct xso_class forwarded_class;
extern const struct xso_class received_class, sent_class;
extern const struct xso_class carbons_enable_class, carbons_disable_class;
extern const struct xso_class result_class;
