#!/bin/bash
# each fuzz target for a number of runs, from its corpus: no crash, leak, hang or undefined behaviour. The same
# seed and number make the same inputs; FUZZ_SECONDS=N looks for new ones, each time others.
set -u
. "$TOP/tests/suites/lib.sh"

limit=(-seed=1 -runs="${FUZZ_RUNS:-20000}")
[[ ${FUZZ_SECONDS-} ]] && limit=(-max_total_time="$FUZZ_SECONDS")
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
	"$WORK/fuzz/$1" "${limit[@]}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$corpus-" "$corpus" && return
	for input in "$corpus"-*; do
		echo "the input, for base64 -d: $(base64 -w 0 "$input")"
	done
	return 1
}

for target in "${targets[@]}"; do
	attempt "${target##*/}, ${limit[-1]#-}" fuzz "$target"
done
