/*
 * Messages taken back, by their senders (XEP-0424) or by moderators (XEP-0425): as of 0.4 and 0.3,
 * and, called legacy, as before, where both are wrapped in fastenings (XEP-0422).
 */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_FASTEN	      "urn:xmpp:fasten:0"	    /* XEP-0422 */
#define XMLNS_RETRACT	      "urn:xmpp:message-retract:1"  /* XEP-0424 */
#define XMLNS_RETRACT_LEGACY  "urn:xmpp:message-retract:0"  /* ... before 0.4 */
#define XMLNS_MODERATE	      "urn:xmpp:message-moderate:1" /* XEP-0425 */
#define XMLNS_MODERATE_LEGACY "urn:xmpp:message-moderate:0" /* ... before 0.3 */

extern const struct xso_class apply_to_class, fasten_external_class;
extern const struct xso_class retract_class, retracted_class;
extern const struct xso_class moderate_class, moderated_class;
extern const struct xso_class retract_legacy_class, retracted_legacy_class;
extern const struct xso_class moderate_legacy_class, moderated_legacy_class;
