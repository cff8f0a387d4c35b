/* Typed JSON of every class as samples, which are changed until they fail. For tests. */
#pragma once

#include "ipc/json/xso_json.h"
#include "protocol/xso/xso_class.h"

/* Reset it after each test. */
extern struct arena typed_sample_arena;
extern struct xso_json_context typed_sample_context;

/* The built-in classes and those of xso_samples.h, and one of them, for which the context is set.
 */
int typed_sample_classes(void);
const struct xso_class *typed_sample_class(int i);

/*
 * An object of that class that has the field f (NULL: none more), and not more than it must have;
 * it reads well. A new reference.
 */
json_t *typed_sample(const struct xso_class *cls, const struct xso_field *f, uint64_t seed);

/* The name that the field has in such an object. */
const char *typed_sample_key(const struct xso_field *f);

/*
 * Fails the test unless the object with `value` (consumed; NULL: without any) as its member `key`
 * is refused for what is at `path` in it: a JSON Pointer.
 */
void typed_sample_fails(const json_t *object, const char *key, json_t *value, const char *path);

/* Such a pointer; the last few stay. */
const char *typed_sample_at(const char *format, ...) __attribute__((format(printf, 1, 2)));
