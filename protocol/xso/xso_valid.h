/* Which strings are values of the types that are no mere string: 0, -EINVAL or -ENOMEM. */
#pragma once

#include "protocol/base/arena.h"

/* XEP-0082 */
int xso_valid_datetime(struct strview v, struct arena *scratch);
int xso_valid_date(struct strview v, struct arena *scratch);
int xso_valid_time(struct strview v, struct arena *scratch);
