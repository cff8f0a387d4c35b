#include "tests/unit/xso_gen_value.h"

#include <assert.h>

/* For each type at least one that it takes, and the nearest ones that it does not. */
static const char *const pool[] = {
	"",
	" ",
	"x",
	"hello",
	"a \"quoted\" \\ text",
	"<&>'\n\t",
	"naïve 🙂",
	"]]>",
	"true",
	"false",
	"1",
	"0",
	"-1",
	" +05 ",
	"127",
	"128",
	"256",
	"65536",
	"4294967296",
	"9007199254740991",
	"9007199254740992",
	"99999999999999999999",
	"1.5",
	"a@b",
	"example.test",
	"a@example.test/Мария",
	"@@",
	"2026-11-22T18:00:00Z",
	"2024-02-29T00:00:00.5+01:00",
	"2026-02-29T00:00:00Z",
	"2026-11-22",
	"2026-02-30",
	"18:00:00Z",
	"18:00:00.25-05:00",
	"25:00:00",
	"=",
	"AAAA",
	"AP8=",
	"A=AA",
	"00ff",
	"00FFa",
	"en",
	"de-AT",
	"e n",
	"urn:example:x",
	"http://example.test/?q#f",
	"host.test:5222",
	"[::1]:443",
	"host.test:99999",
	"a b",
	"+01:00",
	"#336699",
	"0123456789abcdef0123456789abcdef",
};

enum {
	CACHED = 256,
};

/* Which of the pool a type takes. */
struct known {
	const struct xso_type *type;
	uint64_t takes;
};

static_assert(ARRAY_SIZE(pool) <= 64, "a bit for each text");

static uint64_t examine(const struct xso_type *t)
{
	struct arena scratch;
	union xso_value value;
	uint64_t takes = 0;

	arena_init(&scratch, 0);
	for (size_t i = 0; i < ARRAY_SIZE(pool); i++)
		if (xso_type_parse(t, strview_of(pool[i]), &scratch, &value) == 0)
			takes |= (uint64_t)1 << i;
	arena_done(&scratch);
	return takes;
}

static uint64_t takes(const struct xso_type *t)
{
	static struct known cache[CACHED];
	size_t i = 0;

	while (i < CACHED && cache[i].type && cache[i].type != t)
		i++;
	if (i == CACHED)
		return examine(t);
	if (!cache[i].type)
		cache[i] = (struct known){ t, examine(t) };
	return cache[i].takes;
}

static struct strview pick(uint64_t of, unsigned i)
{
	unsigned n = (unsigned)__builtin_popcountll(of);

	if (n == 0)
		return SV_NONE;
	for (i %= n; i > 0; i--)
		of &= of - 1;
	return strview_of(pool[__builtin_ctzll(of)]);
}

struct strview xso_gen_valid(const struct xso_type *t, unsigned i)
{
	struct strview name = SV_NONE;

	if (t->store != XSO_STORE_ENUM)
		return pick(takes(t), i);
	/* that which stands for absence is none */
	for (size_t k = 0; k < t->n_names && name.n == 0; k++)
		name = t->names[(i + k) % t->n_names];
	return name;
}

struct strview xso_gen_invalid(const struct xso_type *t, unsigned i)
{
	uint64_t all = ((uint64_t)1 << ARRAY_SIZE(pool)) - 1;

	return pick(all & ~takes(t), i);
}
