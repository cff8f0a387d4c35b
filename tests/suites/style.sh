#!/bin/bash
# format and sizes of the sources, and that the check of layers finds what it should
set -u
. "$TOP/tests/suites/lib.sh"

"$TOP/tests/check-format.sh"
"$TOP/tests/check-sizes.sh"
"$TOP/tests/check-layers.sh" --self-test
