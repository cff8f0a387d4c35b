#!/bin/bash
# builds with clang without a warning; make check
set -u
. "$TOP/tests/suites/lib.sh"

attempt "clang builds it without a warning" build clang CC=clang-14 --enable-werror || exit 1
check clang
