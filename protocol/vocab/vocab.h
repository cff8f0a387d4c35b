/* All built-in classes. */
#pragma once

#include "protocol/xso/xso_registry.h"

const struct xso_registry *vocab_registry(void);
