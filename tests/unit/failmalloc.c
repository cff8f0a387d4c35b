#include "tests/unit/failmalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
int __real_vasprintf(char **ret, const char *format, va_list ap);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
int __wrap_vasprintf(char **ret, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

static bool armed, paused, fired;
static size_t left;

static bool fails(void)
{
	if (!armed || paused)
		return false;
	if (left-- > 0)
		return false;
	armed = false;
	fired = true;
	return true;
}

void failmalloc_arm(size_t n)
{
	armed = true;
	paused = fired = false;
	left = n;
}

bool failmalloc_disarm(void)
{
	armed = false;
	return fired;
}

void failmalloc_pause(bool pause)
{
	paused = pause;
}

size_t failmalloc_sweep(void (*run)(void *arg), void *arg)
{
	for (size_t n = 0;; n++) {
		failmalloc_arm(n);
		run(arg);
		if (!failmalloc_disarm())
			return n;
	}
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

int __wrap_vasprintf(char **ret, const char *format, va_list ap)
{
	return fails() ? -1 : __real_vasprintf(ret, format, ap);
}

__attribute__((format(printf, 2, 3))) static void say_nothing(void *context, const char *format,
							      ...)
{
	(void)context;
	(void)format;
}

__attribute__((constructor)) static void take_over_libxml(void)
{
	xmlSetGenericErrorFunc(NULL, say_nothing); /* it would print each failure */
	xmlMemSetup(free, __wrap_malloc, __wrap_realloc, __wrap_strdup);
}
