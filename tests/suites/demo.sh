#!/bin/bash
# the demo, without a terminal
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
attempt "the demo runs to its end" "$TOP/tests/demo/demo"
attempt "nothing of it is left" test -z "$(ls -d "${TMPDIR:-/tmp}"/stanzad-demo.* 2>/dev/null)"

without_server() {
	mkdir -p "$WORK/bin"
	printf '#!/bin/sh\nexit 1\n' >"$WORK/bin/prosody"
	chmod 755 "$WORK/bin/prosody"
	! PATH=$WORK/bin:$PATH "$TOP/tests/demo/demo" >"$WORK/demo.out" 2>&1 &&
		grep 'the step that failed: the preparations' "$WORK/demo.out"
}
attempt "a demo without a server fails, and names the step" without_server
