/* An event as one line for people: time, stream, what happened, who said what. */
#pragma once

#include "ctl/ctl.h"

void put_sentence(struct buf *b, const char *event, const json_t *params);

/* How a stream stands, as stream.info says it. */
void put_standing(struct buf *b, const json_t *info);
