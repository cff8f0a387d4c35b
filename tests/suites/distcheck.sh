#!/bin/bash
# a release builds, passes its tests, installs and uninstalls from a read-only tree
set -u
. "$TOP/tests/suites/lib.sh"

distcheck() {
	source_tree &&
		mkdir -p "$WORK/dist" &&
		cd "$WORK/dist" &&
		"$WORK/src/configure" -q &&
		make -s -j"$JOBS" distcheck
}
attempt "make distcheck" distcheck
