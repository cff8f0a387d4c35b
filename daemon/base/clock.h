/* The two clocks. */
#pragma once

#include <stdint.h>

uint64_t clock_monotonic_ns(void); /* for deadlines: never set back, of no meaning elsewhere */
uint64_t clock_unix_us(void);	   /* since 1970, as clients are told */
