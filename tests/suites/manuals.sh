#!/bin/bash
# the manual pages are well formed and complete
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
"$TOP/tests/check-manuals.sh"
