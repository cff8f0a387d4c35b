/* Invitations to calls (XEP-0482). */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_CALL_INVITES "urn:xmpp:call-invites:0"

extern const struct xso_class call_invite_class, call_accept_class, call_retract_class,
	call_reject_class, call_left_class, call_jingle_class, call_external_class;
