#!/bin/bash
# make check, the programs and the demo under AddressSanitizer, with leaks, and UBSan
set -u
. "$TOP/tests/suites/lib.sh"

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export STANZAD_TEST_PATIENCE=4
# without --enable-werror: instrumented code makes gcc see truncations where there are none
attempt "it builds with the sanitizers" \
	build sanitizers CC=gcc CFLAGS='-g -O1' --enable-sanitizers || exit 1
check sanitizers
export STANZAD=$WORK/sanitizers/stanzad STANZACTL=$WORK/sanitizers/stanzactl
programs 200 "$TOP"/tests/process/test_*.py
attempt "the demo runs to its end" "$TOP/tests/demo/demo"
