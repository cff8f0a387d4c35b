#include "daemon/link/backoff.h"

static const uint64_t first = 1000000000u;
static const uint64_t longest = 300u * 1000000000ull;

uint64_t backoff_delay(unsigned failures, uint32_t random)
{
	uint64_t d = first;

	while (failures-- > 1 && d < longest)
		d *= 2;
	if (d > longest)
		d = longest;
	/* d is below 2^39: no overflow */
	return (d >> 8) * ((random >> 8) + 1ull) >> 16;
}
