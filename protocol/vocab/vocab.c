#include "protocol/vocab/vocab.h"

#include "protocol/vocab/call.h"
#include "protocol/vocab/chat.h"
#include "protocol/vocab/files.h"
#include "protocol/vocab/forms.h"
#include "protocol/vocab/forward.h"
#include "protocol/vocab/markup.h"
#include "protocol/vocab/message.h"
#include "protocol/vocab/muc.h"
#include "protocol/vocab/nonza.h"
#include "protocol/vocab/nonza_sasl.h"
#include "protocol/vocab/payload.h"
#include "protocol/vocab/person.h"
#include "protocol/vocab/presence.h"
#include "protocol/vocab/retract.h"
#include "protocol/vocab/rsm.h"
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
	/* inside of messages and presence */
	&headers_class,
	&header_class,
	&rosterx_class,
	&rosterx_item_class,
	&receipt_received_class,
	&replace_class,
	&displayed_class,
	&marker_received_class,
	&acknowledged_class,
	&referenced_stanza_class,
	&attach_to_class,
	&reference_class,
	&encryption_class,
	&fallback_class,
	&fallback_body_class,
	&fallback_subject_class,
	&reactions_class,
	&reply_class,
	&caps_class,
	&vcard_update_class,
	&nick_class,
	&idle_class,
	&forwarded_class,
	&received_class,
	&sent_class,
	&carbons_enable_class,
	&carbons_disable_class,
	&result_class,
	&muc_class,
	&muc_history_class,
	&muc_user_class,
	&muc_item_class,
	&muc_actor_class,
	&muc_continue_class,
	&muc_invite_class,
	&muc_decline_class,
	&muc_destroy_class,
	&muc_admin_class,
	&muc_admin_item_class,
	&muc_admin_actor_class,
	&muc_owner_class,
	&muc_owner_destroy_class,
	&direct_invite_class,
	&hats_class,
	&hat_class,
	&hats_legacy_class,
	&hat_legacy_class,
	&occupant_id_class,
	&apply_to_class,
	&fasten_external_class,
	&retract_class,
	&retracted_class,
	&moderate_class,
	&moderated_class,
	&retract_legacy_class,
	&retracted_legacy_class,
	&moderate_legacy_class,
	&moderated_legacy_class,
	&oob_class,
	&oob_query_class,
	&url_data_class,
	&media_class,
	&media_uri_class,
	&bob_class,
	&thumbnail_class,
	&hash_class,
	&file_metadata_class,
	&file_sharing_class,
	&file_sources_class,
	&markup_class,
	&markup_span_class,
	&markup_bcode_class,
	&markup_list_class,
	&markup_bquote_class,
	&call_invite_class,
	&call_accept_class,
	&call_retract_class,
	&call_reject_class,
	&call_left_class,
	&call_jingle_class,
	&call_external_class,
	/* in questions and answers */
	&form_class,
	&form_field_class,
	&form_option_class,
	&form_reported_class,
	&form_item_class,
	&form_validate_class,
	&form_validate_range_class,
	&form_validate_list_range_class,
	&rsm_class,
	&rsm_first_class,
	/* of the stream */
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
