/* Result sets by pages (XEP-0059), in the questions and answers of other protocols. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_RSM "http://jabber.org/protocol/rsm" /* XEP-0059 */

struct rsm_first;

struct rsm {
	struct xso xso;
	struct strview after, before; /* what is asked; before there and empty: the last page */
	int64_t index, max;
	struct rsm_first *first; /* what is answered */
	struct strview last;
	int64_t count;
};

extern const struct xso_class rsm_class, rsm_first_class;

/* In tables: the field of a class that has pages. */
#define RSM_ONE(T) XSO_ONE(T, rsm, struct rsm, rsm_class, XMLNS_RSM, "set")
