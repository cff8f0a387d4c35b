/* Elements of the stream itself: features, STARTTLS, stream errors (RFC 6120 4.3, 4.9, 5). */
#pragma once

#include "protocol/vocab/payload.h"

/* RFC 6120 5.4: the feature and the request */
struct starttls {
	struct xso xso;
	bool required;
};

/* XEP-0198: the feature */
struct sm_feature {
	struct xso xso;
	bool required, optional;
};

/* XEP-0478 */
struct stream_limits {
	struct xso xso;
	int64_t max_bytes, idle_seconds;
};

struct features {
	struct xso xso;
	struct starttls *starttls;
	struct xso_list mechanisms;	  /* of struct strview */
	struct xso_list channel_bindings; /* of struct strview; XEP-0440 */
	struct bind *bind;
	struct session *session;
	struct sm_feature *sm;
	bool csi; /* XEP-0352 */
	struct stream_limits *limits;
};

/* RFC 6120 4.9 */
struct stream_error {
	struct xso xso;
	struct strview condition;      /* "conflict" */
	struct strview condition_text; /* see-other-host: the address */
	struct strview text, lang;
	struct xso_any application;
};

extern const struct xso_class features_class, stream_error_class;
extern const struct xso_class starttls_class, starttls_proceed_class, starttls_failure_class;
extern const struct xso_class sm_feature_class, stream_limits_class;

/* The stream error condition of RFC 6120 4.9.3 that has that name, static; NULL: none. */
const char *stream_condition_find(struct strview name);
