#include "daemon/base/config_value.h"

#include <errno.h>
#include <strings.h>

enum {
	NAME_LONG = 40, /* names longer than this are not compared */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *config_parse_bool(struct strview v, bool *ret)
{
	static const struct {
		const char *name;
		bool value;
	} words[] = {
		{ "yes", true },    { "no", false }, { "true", true },
		{ "false", false }, { "on", true },  { "off", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (v.n != strlen(words[i].name) || strncasecmp(v.p, words[i].name, v.n) != 0)
			continue;
		*ret = words[i].value;
		return NULL;
	}
	return "is neither yes nor no";
}

/* The digits at the front of *v, which are cut off; false on overflow. */
static bool take_digits(struct strview *v, uint64_t *ret)
{
	uint64_t n = 0;

	while (v->n > 0 && is_digit(v->p[0])) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(v->p[0] - '0'), &n))
			return false;
		v->p++;
		v->n--;
	}
	*ret = n;
	return true;
}

static const char *check_range(uint64_t n, uint64_t min, uint64_t max, uint64_t *ret)
{
	if (n < min)
		return "is too small";
	if (n > max)
		return "is too large";
	*ret = n;
	return NULL;
}

const char *config_parse_number(struct strview v, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t n;

	if (v.n == 0 || !is_digit(v.p[0]))
		return "is not a number";
	if (!take_digits(&v, &n))
		return "is too large";
	if (v.n > 0)
		return "is not a number";
	return check_range(n, min, max, ret);
}

const char *config_parse_size(struct strview v, uint64_t min, uint64_t max, uint64_t *ret)
{
	static const char not_size[] = "is not a size such as 4096, 256K, 4M or 1G";
	uint64_t n, unit = 1;

	if (v.n == 0 || !is_digit(v.p[0]))
		return not_size;
	if (!take_digits(&v, &n))
		return "is too large";
	if (v.n > 1)
		return not_size;
	if (v.n == 1 && (v.p[0] | 0x20) == 'k')
		unit = 1024;
	else if (v.n == 1 && (v.p[0] | 0x20) == 'm')
		unit = 1024 * 1024;
	else if (v.n == 1 && (v.p[0] | 0x20) == 'g')
		unit = 1024 * 1024 * 1024;
	else if (v.n == 1)
		return not_size;
	if (__builtin_mul_overflow(n, unit, &n))
		return "is too large";
	return check_range(n, min, max, ret);
}

/* ".25" as nanoseconds; false if it is no such thing. */
static bool parse_fraction(struct strview v, uint64_t *ret)
{
	uint64_t n = 0, unit = 1000000000;

	if (v.n < 2 || v.n > 10 || v.p[0] != '.')
		return false;
	for (size_t i = 1; i < v.n; i++) {
		if (!is_digit(v.p[i]))
			return false;
		unit /= 10;
		n += (uint64_t)(v.p[i] - '0') * unit;
	}
	*ret = n;
	return true;
}

const char *config_parse_seconds(struct strview v, uint64_t *ret_ns)
{
	static const char not_seconds[] = "is not a number of seconds such as 60 or 0.5";
	const uint64_t max = 10ull * 366 * 86400;
	uint64_t seconds, ns = 0;

	if (v.n == 0 || !is_digit(v.p[0]))
		return not_seconds;
	if (!take_digits(&v, &seconds))
		return "is too large";
	if (v.n > 0 && !parse_fraction(v, &ns))
		return not_seconds;
	if (seconds > max)
		return "is too large";
	*ret_ns = seconds * 1000000000u + ns;
	return NULL;
}

const char *config_parse_path(struct strview v)
{
	return v.n > 0 && v.p[0] == '/' ? NULL : "is not an absolute path";
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(struct strview v, unsigned char ret[32])
{
	for (size_t i = 0; i < 32; i++) {
		int high, low;

		if (i > 0 && v.n > 0 && v.p[0] == ':') {
			v.p++;
			v.n--;
		}
		if (v.n < 2)
			return false;
		high = hex_digit(v.p[0]);
		low = hex_digit(v.p[1]);
		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
		v.p += 2;
		v.n -= 2;
	}
	return v.n == 0;
}

int config_parse_pin(struct strview v, unsigned char ret[32])
{
	CLEANUP(buf_done) struct buf b = BUF_INIT;
	int r;

	if (parse_hex(v, ret))
		return 0;
	if (v.n != 44)
		return -EINVAL;
	r = base64_decode(v, &b);
	if (r == 0 && b.n != 32)
		r = -EINVAL;
	if (r == 0)
		memcpy(ret, b.p, 32);
	return r;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool config_next_item(struct strview *list, struct strview *ret)
{
	const char *comma;

	if (list->n == 0)
		return false;
	comma = memchr(list->p, ',', list->n);
	*ret = (struct strview){ list->p, comma ? (size_t)(comma - list->p) : list->n };
	*list = (struct strview){ list->p + ret->n, list->n - ret->n };
	if (comma) {
		list->p++;
		list->n--;
	}
	while (ret->n > 0 && is_blank(ret->p[0])) {
		ret->p++;
		ret->n--;
	}
	while (ret->n > 0 && is_blank(ret->p[ret->n - 1]))
		ret->n--;
	return true;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance, without regard to case. */
static size_t distance(struct strview a, struct strview b)
{
	size_t row[NAME_LONG + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t up = row[j];
			bool same = (a.p[i - 1] | 0x20) == (b.p[j - 1] | 0x20);

			row[j] = least(diagonal + !same, up + 1, row[j - 1] + 1);
			diagonal = up;
		}
	}
	return row[b.n];
}

const char *config_nearest(struct strview v, const char *const *names)
{
	const char *best = NULL;
	size_t best_distance = v.n < 4 ? 2 : 4; /* one slip in short names, three in others */

	for (; v.n <= NAME_LONG && *names; names++) {
		struct strview name = strview_of(*names);
		size_t d = name.n <= NAME_LONG ? distance(v, name) : SIZE_MAX;

		if (d < best_distance && d < name.n) {
			best = *names;
			best_distance = d;
		}
	}
	return best;
}
