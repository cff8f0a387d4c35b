#include "protocol/xso/xso_types.h"

#include <assert.h>
#include <errno.h>

#include "protocol/base/jid.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int valid_jid(struct strview v, struct arena *scratch)
{
	struct jid jid;

	if (jid_split(v, &jid))
		return 0;
	switch (jid_parse(v, scratch, &jid)) {
	case JID_OK:
		return 0;
	case JID_EMPTY:
	case JID_TOO_LONG:
	case JID_BAD_LOCAL:
	case JID_BAD_DOMAIN:
	case JID_BAD_RESOURCE:
		return -EINVAL;
	case JID_NO_MEMORY:
		return -ENOMEM;
	}
	return -EINVAL;
}

/* The number of `n` digits at p, or -1. */
static int digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

static bool in_range(int v, int min, int max)
{
	return v >= min && v <= max;
}

static int days_of_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* "Z", "+01:00" */
static bool is_zone(struct strview v)
{
	if (v.n == 1)
		return *v.p == 'Z';
	return v.n == 6 && (*v.p == '+' || *v.p == '-') && in_range(digits(v.p + 1, 2), 0, 14) &&
	       v.p[3] == ':' && in_range(digits(v.p + 4, 2), 0, 59);
}

/* XEP-0082 3.2: CCYY-MM-DDThh:mm:ss[.sss]TZD */
static int valid_datetime(struct strview v, struct arena *scratch)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t n = sizeof(form) - 1;
	int year, month;

	(void)scratch;
	if (v.n <= n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? !is_digit(v.p[i]) : v.p[i] != form[i])
			return -EINVAL;
	year = digits(v.p, 4);
	month = digits(v.p + 5, 2);
	if (!in_range(month, 1, 12) || !in_range(digits(v.p + 8, 2), 1, days_of_month(year, month)))
		return -EINVAL;
	/* a leap second is one */
	if (!in_range(digits(v.p + 11, 2), 0, 23) || !in_range(digits(v.p + 14, 2), 0, 59) ||
	    !in_range(digits(v.p + 17, 2), 0, 60))
		return -EINVAL;
	if (v.p[n] == '.') {
		size_t dot = n++;

		while (n < v.n && is_digit(v.p[n]))
			n++;
		if (n == dot + 1)
			return -EINVAL;
	}
	return is_zone((struct strview){ v.p + n, v.n - n }) ? 0 : -EINVAL;
}

static int valid_base64(struct strview v, struct arena *scratch)
{
	size_t n = v.n;

	(void)scratch;
	if (v.n == 1 && *v.p == '=')
		return 0;
	if (v.n % 4)
		return -EINVAL;
	for (size_t pad = 0; pad < 2 && n > 0 && v.p[n - 1] == '='; pad++)
		n--;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(v.p[i]) && v.p[i] != '+' && v.p[i] != '/')
			return -EINVAL;
	return 0;
}

const struct xso_type xso_string = { .name = "string" };
const struct xso_type xso_jid = { .name = "JID", .valid = valid_jid };
const struct xso_type xso_datetime = { .name = "date and time", .valid = valid_datetime };
const struct xso_type xso_base64 = { .name = "base64", .valid = valid_base64 };
const struct xso_type xso_byte = {
	.name = "integer",
	.store = XSO_STORE_INT,
	.min = INT8_MIN,
	.max = INT8_MAX,
};
const struct xso_type xso_uint32 = {
	.name = "integer",
	.store = XSO_STORE_INT,
	.min = 0,
	.max = UINT32_MAX,
};
const struct xso_type xso_bool = { .name = "boolean", .store = XSO_STORE_BOOL };

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
