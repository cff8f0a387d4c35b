#!/bin/bash
# the programs against a real server
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
programs 120 "$TOP"/tests/interop/test_*
