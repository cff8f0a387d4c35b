/*
 * A corpus of stanzas as one client of a busy account would receive them: chat with its usual
 * payloads, rooms, presence with caps, encrypted messages, results and notifications. The same seed
 * makes the same bytes.
 */
#pragma once

#include "protocol/base/bytes.h"

/* Appends n stanzas of the namespace jabber:client, without a stream around them. */
void corpus_mixed(struct buf *out, unsigned n, uint64_t seed);
