#!/bin/bash
# the installed service in a booted container
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
export BUILD=$WORK/gcc
"$TOP/tests/container/boot.sh"
"$TOP/tests/container/install.sh"
