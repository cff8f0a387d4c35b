#!/bin/bash
# the programs from outside, against a scripted server
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
programs 120 "$TOP"/tests/process/test_*.py
