#!/bin/bash
# the demo under valgrind: no error, nothing lost
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
export STANZAD_WRAPPER="valgrind --quiet --error-exitcode=99 --leak-check=full
	--show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible
	--log-file=$WORK/valgrind.log"
attempt "the demo runs to its end under valgrind" "$TOP/tests/demo/demo"
attempt "valgrind finds nothing" sh -c "cat '$WORK/valgrind.log'; test ! -s '$WORK/valgrind.log'"
