#!/bin/bash
# each fuzz target for some seconds, from its corpus: no crash, leak, hang or undefined behaviour
set -u
. "$TOP/tests/suites/lib.sh"

seconds=${FUZZ_SECONDS:-10}
targets=()
for source in "$TOP"/tests/fuzz/fuzz_*.c; do
	target=${source##*/}
	targets+=("tests/fuzz/${target%.c}")
done
export MAKE_TARGETS="${targets[*]}"
attempt "the fuzz targets build" build fuzz CC=clang-14 --enable-werror --enable-fuzzing || exit 1

fuzz() { # TARGET
	local corpus=$WORK/corpus/${1##*/}
	mkdir -p "$corpus"
	if [[ -d $TOP/tests/fuzz/corpus/${1##*/fuzz_} ]]; then
		cp -r "$TOP/tests/fuzz/corpus/${1##*/fuzz_}/." "$corpus"
	fi
	"$WORK/fuzz/$1" -seed=1 -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$corpus-" "$corpus" && return
	for input in "$corpus"-*; do
		echo "the input, for base64 -d: $(base64 -w 0 "$input")"
	done
	return 1
}

for target in "${targets[@]}"; do
	attempt "${target##*/} for $seconds seconds" fuzz "$target"
done
