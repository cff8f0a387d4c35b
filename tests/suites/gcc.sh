#!/bin/bash
# builds with gcc without a warning; make check
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
ok "gcc builds it without a warning"
check gcc
