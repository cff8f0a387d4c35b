/*
 * Values of the configuration, from text: each function returns NULL, or what is wrong as the end
 * of a sentence that begins with the key ("is not a number").
 */
#pragma once

#include "protocol/base/bytes.h"

const char *config_parse_bool(struct strview v, bool *ret);
/* Decimal digits. */
const char *config_parse_number(struct strview v, uint64_t min, uint64_t max, uint64_t *ret);
/* Digits, perhaps with K, M or G of 1024. */
const char *config_parse_size(struct strview v, uint64_t min, uint64_t max, uint64_t *ret);
/* Seconds with at most nine decimal places; at most ten years. */
const char *config_parse_seconds(struct strview v, uint64_t *ret_ns);
/* An absolute path. */
const char *config_parse_path(struct strview v);
/* SHA-256 as 64 hex digits (colons between bytes allowed) or as base64: 0, -EINVAL or -ENOMEM. */
int config_parse_pin(struct strview v, unsigned char ret[32]);

/* The next member of a list with commas, trimmed; false at its end. */
bool config_next_item(struct strview *list, struct strview *ret);

/* Which of names (NULL-terminated) v is meant to be, or NULL if none is near. */
const char *config_nearest(struct strview v, const char *const *names);
