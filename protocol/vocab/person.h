/* What comes with presence: what somebody can do, looks like, is called. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_CAPS	   "http://jabber.org/protocol/caps" /* XEP-0115 */
#define XMLNS_VCARD_UPDATE "vcard-temp:x:update"	     /* XEP-0153 */
#define XMLNS_NICK	   "http://jabber.org/protocol/nick" /* XEP-0172 */
#define XMLNS_IDLE	   "urn:xmpp:idle:1"		     /* XEP-0319 */

/* XEP-0115: of presence, and of a server's features; without hash and with ext before 1.4 */
struct caps {
	struct xso xso;
	struct strview hash, node, ver, ext;
};

extern const struct xso_class caps_class, vcard_update_class, nick_class, idle_class;
