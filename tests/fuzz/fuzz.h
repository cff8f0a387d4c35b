/*
 * A fuzz target is one file, fuzz_NAME.c, with this function. With --enable-fuzzing it is linked to
 * libFuzzer; otherwise to replay.c, and `make check` runs it on all files of corpus/NAME.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
