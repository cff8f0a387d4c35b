#include "protocol/xso/xso_types.h"

#include <assert.h>
#include <errno.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* White space around numbers and booleans means nothing (XML Schema part 2, 4.3.6). */
static struct strview trim(struct strview v)
{
	while (v.n && strview_is_space((struct strview){ v.p, 1 }))
		v = (struct strview){ v.p + 1, v.n - 1 };
	while (v.n && strview_is_space((struct strview){ v.p + v.n - 1, 1 }))
		v.n--;
	return v;
}

static int parse_str(const struct xso_type *t, struct strview text, struct arena *scratch,
		     void *member)
{
	int r = t->valid ? t->valid(text, scratch) : 0;

	if (r == 0) {
		if (!text.p)
			text.p = ""; /* there, and empty */
		*(struct strview *)member = text;
	}
	return r;
}

static int parse_enum(const struct xso_type *t, struct strview text, struct arena *scratch,
		      void *member)
{
	(void)scratch;
	for (size_t i = 0; i < t->n_names && text.n; i++) {
		if (!strview_eq(t->names[i], text))
			continue;
		*(unsigned *)member = (unsigned)i;
		return 0;
	}
	return -EINVAL;
}

static int parse_int(const struct xso_type *t, struct strview text, struct arena *scratch,
		     void *member)
{
	struct strview v = trim(text);
	bool negative = v.n && *v.p == '-';
	int64_t n = 0;

	(void)scratch;
	if (v.n && (*v.p == '-' || *v.p == '+'))
		v = (struct strview){ v.p + 1, v.n - 1 };
	if (v.n == 0)
		return -EINVAL;
	for (size_t i = 0; i < v.n; i++) {
		int digit = is_digit(v.p[i]) ? v.p[i] - '0' : -1;

		if (digit < 0 || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, digit, &n))
			return -EINVAL;
	}
	/* counted downwards, where there is one more */
	if (!negative && __builtin_sub_overflow(0, n, &n))
		return -EINVAL;
	if (n < t->min || n > t->max)
		return -EINVAL;
	*(int64_t *)member = n;
	return 0;
}

static int parse_bool(const struct xso_type *t, struct strview text, struct arena *scratch,
		      void *member)
{
	struct strview v = trim(text);

	(void)t;
	(void)scratch;
	if (strview_is(v, "true") || strview_is(v, "1"))
		*(bool *)member = true;
	else if (strview_is(v, "false") || strview_is(v, "0"))
		*(bool *)member = false;
	else
		return -EINVAL;
	return 0;
}

int xso_type_parse(const struct xso_type *t, struct strview text, struct arena *scratch,
		   void *member)
{
	static int (*const parse[])(const struct xso_type *, struct strview, struct arena *,
				    void *) = {
		[XSO_STORE_STR] = parse_str,
		[XSO_STORE_ENUM] = parse_enum,
		[XSO_STORE_INT] = parse_int,
		[XSO_STORE_BOOL] = parse_bool,
	};

	return parse[t->store](t, text, scratch, member);
}

struct strview xso_type_format(const struct xso_type *t, const void *member, struct arena *a)
{
	struct strview v = SV_NONE;

	switch (t->store) {
	case XSO_STORE_STR:
		v = *(const struct strview *)member;
		if (!v.p)
			v.p = "";
		break;
	case XSO_STORE_ENUM:
		assert(*(const unsigned *)member < t->n_names);
		v = t->names[*(const unsigned *)member];
		break;
	case XSO_STORE_INT:
		v = arena_printf(a, "%lld", (long long)*(const int64_t *)member);
		break;
	case XSO_STORE_BOOL:
		v = *(const bool *)member ? SV("true") : SV("false");
		break;
	}
	return v;
}
