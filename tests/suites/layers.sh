#!/bin/bash
# no layer uses what stands above it
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
"$TOP/tests/check-layers.sh" "$WORK/gcc"
