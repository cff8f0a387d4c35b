/* For tests of single classes: elements as text, decoded in an arena and written again. */
#pragma once

#include "protocol/vocab/message.h"
#include "protocol/vocab/vocab.h"
#include "protocol/xso/xso_class.h"
#include "tests/unit/suite.h"

extern struct arena arena;
extern struct xso_context context; /* of a stream of clients, whose account is not known */

/* Before and after each test. */
void vocab_begin(void);
void vocab_end(void);

enum xso_result try_decode(const char *xml, struct xso **ret);
void *decode(const char *xml);
/* A message with that inside, from a@example.test to one of its own resources. */
struct message *message_with(const char *inner);
void comes_back_as(const void *object, const char *xml);

/* How many children no field took. */
size_t left(const struct xso *x);

/* The first object in one of x's fields, or NULL. */
const struct xso *first_inside(const struct xso *x);

#define has(x, T, m)	   xso_has(&(x)->xso, offsetof(T, m))
#define expect(v, literal) ck_assert_msg(strview_is(v, literal), "%.*s, not %s", SV_ARG(v), literal)
#define item_of(list, i)   (((void *const *)(list).items)[i])
