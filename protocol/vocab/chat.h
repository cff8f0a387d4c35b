/* What comes with single messages: states, receipts, corrections, replies, reactions. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_CHAT_STATES "http://jabber.org/protocol/chatstates" /* XEP-0085 */
#define XMLNS_SHIM	  "http://jabber.org/protocol/shim"	  /* XEP-0131 */
#define XMLNS_ROSTERX	  "http://jabber.org/protocol/rosterx"	  /* XEP-0144 */
#define XMLNS_RECEIPTS	  "urn:xmpp:receipts"			  /* XEP-0184 */
#define XMLNS_ATTENTION	  "urn:xmpp:attention:0"		  /* XEP-0224 */
#define XMLNS_CORRECT	  "urn:xmpp:message-correct:0"		  /* XEP-0308 */
#define XMLNS_MARKERS	  "urn:xmpp:chat-markers:0"		  /* XEP-0333 */
#define XMLNS_HINTS	  "urn:xmpp:hints"			  /* XEP-0334 */
#define XMLNS_ATTACH	  "urn:xmpp:message-attaching:1"	  /* XEP-0367 */
#define XMLNS_REFERENCE	  "urn:xmpp:reference:0"		  /* XEP-0372 */
#define XMLNS_EME	  "urn:xmpp:eme:0"			  /* XEP-0380 */
#define XMLNS_SPOILER	  "urn:xmpp:spoiler:0"			  /* XEP-0382 */
#define XMLNS_STYLING	  "urn:xmpp:styling:0"			  /* XEP-0393 */
#define XMLNS_FALLBACK	  "urn:xmpp:fallback:0"			  /* XEP-0428 */
#define XMLNS_REACTIONS	  "urn:xmpp:reactions:0"		  /* XEP-0444 */
#define XMLNS_REPLY	  "urn:xmpp:reply:0"			  /* XEP-0461 */

extern const struct xso_class headers_class, header_class;
extern const struct xso_class rosterx_class, rosterx_item_class;
extern const struct xso_class receipt_received_class;
extern const struct xso_class replace_class;
extern const struct xso_class displayed_class, marker_received_class, acknowledged_class;
extern const struct xso_class referenced_stanza_class, attach_to_class, reference_class;
extern const struct xso_class encryption_class;
extern const struct xso_class fallback_class, fallback_body_class, fallback_subject_class;
extern const struct xso_class reactions_class, reply_class;
