/* How long to wait before the next attempt: doubling, with full jitter. Pure. */
#pragma once

#include <stdint.h>

/*
 * Nanoseconds before the next attempt after `failures` (at least 1) failed ones: evenly spread over
 * (0, d] by `random`, d being 1 s doubled for each further failure, at most 5 min.
 */
uint64_t backoff_delay(unsigned failures, uint32_t random);
