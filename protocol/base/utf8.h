/*
 * UTF-8 as RFC 3629 section 4 has it: decoding one character, and a check that goes on from one
 * piece of input to the next.
 */
#pragma once

#include "protocol/base/bytes.h"

/*
 * The character at the front of v and its length; 0 where v is empty or begins with no whole and
 * valid sequence, and *ret_char is then UINT32_MAX.
 */
size_t utf8_decode(struct strview v, uint32_t *ret_char);

/* Zeroed: at the start of a character. */
struct utf8_check {
	unsigned char more;   /* bytes that the begun character still needs */
	unsigned char lo, hi; /* what the next of them may be */
};

/* How many bytes of v go on well: v.n, or the index of the first NUL or bad byte. */
size_t utf8_check(struct utf8_check *c, struct strview v);
