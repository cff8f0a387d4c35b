#include "protocol/vocab/vocab.h"

#include "protocol/vocab/nonza.h"
#include "protocol/vocab/nonza_sasl.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/stanza.h"

static const struct xso_class *const classes[] = {
	&message_class,
	&presence_class,
	&iq_class,
	&error_class,
	&delay_class,
	&stanza_id_class,
	&bind_class,
	&session_class,
	&features_class,
	&stream_error_class,
	&starttls_class,
	&starttls_proceed_class,
	&starttls_failure_class,
	&sasl_auth_class,
	&sasl_challenge_class,
	&sasl_response_class,
	&sasl_success_class,
	&sasl_failure_class,
	&sasl_abort_class,
	&sm_feature_class,
	&stream_limits_class,
};

static struct xso_registry registry = { .classes = classes, .n_classes = ARRAY_SIZE(classes) };

const struct xso_registry *vocab_registry(void)
{
	static const struct xso_class *room[XSO_REGISTRY_ROOM(ARRAY_SIZE(classes))];

	if (!registry.slots)
		xso_registry_index(&registry, room);
	return &registry;
}
