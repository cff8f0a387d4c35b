/* Classes with every kind of field and every policy, for tests of the engine. */
#pragma once

#include "protocol/xso/xso_registry.h"

#define XMLNS_SAMPLE "urn:example:sample"
#define XMLNS_PART   "urn:example:part"
#define XMLNS_MOOD   "urn:example:mood"

enum sample_colour {
	COLOUR_RED,
	COLOUR_GREEN,
};

struct sample_part {
	struct xso xso;
	struct strview id;
	int64_t size;
	struct xso_list parts; /* of struct sample_part * */
};

struct sample {
	struct xso xso;
	struct strview title, lang;
	unsigned colour;
	int64_t level;
	bool on;
	struct strview jid, jid_node;
	unsigned shade;
	int64_t count;
	bool yes, loud;
	struct strview stamp;
	struct xso_list notes;	 /* of struct xso_text */
	struct xso_list sizes;	 /* of union xso_value: number */
	struct xso_list speaks;	 /* of union xso_value: text */
	struct xso_list hosts;	 /* of union xso_value: text */
	struct xso_list scores;	 /* of union xso_value: number */
	struct xso_list headers; /* of struct xso_pair: number */
	struct sample_part *part, *lax;
	struct xso_list parts; /* of struct sample_part * */
	struct strview mood, mood_text;
	struct xso_any any;
};

struct sample_total {
	struct xso xso;
	int64_t total;
};

/* What only the account and archives may send. */
struct sample_envelope {
	struct xso xso;
	struct sample_part *copy, *result;
};

struct sample_ruled {
	struct xso xso;
	unsigned colour;
	bool loud;
	struct strview a, b, c;
};

struct sample_more {
	struct xso xso;
	struct strview state;
	struct xso *mark;
	struct xso_list signs;		/* of struct xso * */
	struct xso_list words;		/* of struct xso_pair: text */
	struct xso_list flags, colours; /* of union xso_value: boolean, index */
	struct xso_list answers;	/* of union xso_value: boolean */
	struct xso_list names;		/* of struct xso_text */
};

extern const struct xso_class sample_part_class, sample_class, sample_lax_class, sample_total_class,
	sample_lax_total_class, sample_closed_class, sample_envelope_class, sample_ruled_class,
	sample_copy_class, sample_result_class, sample_mark_class, sample_sign_class,
	sample_more_class;

const struct xso_registry *xso_samples(void);
