/* Data forms (XEP-0004) with media (XEP-0221) and validation (XEP-0122) of their fields. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_DATA     "jabber:x:data"				   /* XEP-0004 */
#define XMLNS_VALIDATE "http://jabber.org/protocol/xdata-validate" /* XEP-0122 */

enum form_type {
	FORM_CANCEL,
	FORM_FORM,
	FORM_RESULT,
	FORM_SUBMIT,
};

struct form {
	struct xso xso;
	unsigned type; /* enum form_type */
	struct strview title;
	struct xso_list instructions; /* of struct strview */
	struct xso_list fields;	      /* of struct form_field * */
	struct form_fields *reported; /* the columns of a table */
	struct xso_list items;	      /* its rows, of struct form_fields * */
};

struct form_fields {
	struct xso xso;
	struct xso_list fields; /* of struct form_field * */
};

struct form_field {
	struct xso xso;
	struct strview var, label, desc;
	unsigned type;
	bool required;
	struct xso_list values;	 /* of struct strview */
	struct xso_list options; /* of struct form_option * */
	struct media *media;
	struct form_validate *validate;
};

extern const struct xso_class form_class;
extern const struct xso_class form_field_class, form_option_class, form_reported_class,
	form_item_class;
extern const struct xso_class form_validate_class, form_validate_range_class,
	form_validate_list_range_class;

/* In tables: a form in a field of that name. */
#define FORM_ONE(T, m) XSO_ONE(T, m, struct form, form_class, XMLNS_DATA, "x")
