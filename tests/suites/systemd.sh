#!/bin/bash
# the units, and what the daemon and a service manager say to each other
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
export BUILD=$WORK/gcc
programs 60 "$TOP"/tests/systemd/test_*
