/*
 * Lets one allocation of the tested code fail: what our own objects ask of malloc, calloc, realloc,
 * strdup and vasprintf, and all that libxml2 asks for. The program is to be linked with
 * $(failmalloc_ldflags). Works under the sanitizers and valgrind.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

void failmalloc_arm(size_t n);	   /* the n-th allocation from here on fails, from 0 */
bool failmalloc_disarm(void);	   /* no further one fails; whether one has */
void failmalloc_pause(bool pause); /* what the test itself allocates does not count */

/*
 * Runs `run` with its first allocation failing, then with its second and so on, until it needs no
 * more than were let through; its last run is thus one without failure. `run` checks itself what
 * comes out, paused, as ck_assert() allocates, too. Returns how many failures it went through.
 */
size_t failmalloc_sweep(void (*run)(void *arg), void *arg);
