#include <errno.h>

#include "protocol/xso/xso_valid.h"

/* The number of `n` digits at p, or -1. */
static int digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

static bool in_range(int v, int min, int max)
{
	return v >= min && v <= max;
}

static int days_of_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* How many bytes of v are what stands at its beginning; 0: it is not there. */

/* CCYY-MM-DD */
static size_t date(struct strview v)
{
	int year, month;

	if (v.n < 10 || v.p[4] != '-' || v.p[7] != '-')
		return 0;
	year = digits(v.p, 4);
	month = digits(v.p + 5, 2);
	return year >= 0 && in_range(month, 1, 12) &&
			       in_range(digits(v.p + 8, 2), 1, days_of_month(year, month))
		       ? 10
		       : 0;
}

/* hh:mm:ss[.sss]; a leap second is one */
static size_t time_of_day(struct strview v)
{
	size_t n = 8;

	if (v.n < n || v.p[2] != ':' || v.p[5] != ':' || !in_range(digits(v.p, 2), 0, 23) ||
	    !in_range(digits(v.p + 3, 2), 0, 59) || !in_range(digits(v.p + 6, 2), 0, 60))
		return 0;
	if (v.n == n || v.p[n] != '.')
		return n;
	for (n++; n < v.n && digits(v.p + n, 1) >= 0;)
		n++;
	return n > 9 ? n : 0;
}

static struct strview behind(struct strview v, size_t n)
{
	return (struct strview){ v.p + n, v.n - n };
}

/* "Z", "+01:00" */
static bool is_zone(struct strview v)
{
	if (v.n == 1)
		return *v.p == 'Z';
	return v.n == 6 && (*v.p == '+' || *v.p == '-') && in_range(digits(v.p + 1, 2), 0, 14) &&
	       v.p[3] == ':' && in_range(digits(v.p + 4, 2), 0, 59);
}

int xso_valid_datetime(struct strview v, struct arena *scratch)
{
	size_t n = date(v);
	struct strview time;

	(void)scratch;
	if (n == 0 || v.n == n || v.p[n] != 'T')
		return -EINVAL;
	time = behind(v, n + 1);
	n = time_of_day(time);
	return n && is_zone(behind(time, n)) ? 0 : -EINVAL;
}

int xso_valid_date(struct strview v, struct arena *scratch)
{
	(void)scratch;
	return v.n && date(v) == v.n ? 0 : -EINVAL;
}

int xso_valid_time(struct strview v, struct arena *scratch)
{
	size_t n = time_of_day(v);

	(void)scratch;
	return n && (n == v.n || is_zone(behind(v, n))) ? 0 : -EINVAL;
}
