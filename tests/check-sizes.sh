#!/bin/sh
# check-sizes.sh: nothing in the tree outgrows a screen or a newcomer's patience.
#
# A .c file has at most 400 lines, a header 120; functions at most 60 at the 95th percentile, and none over
# 80. Functions over 40 lines are named, which fails nothing. tests/ is held to the functions' bounds only.
set -eu
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
cd "$top"

sources() { # FOLDER...
	find "$@" -name '*.[ch]' 2>/dev/null | sort
}

report() { # NAME OFFENDERS
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		echo "$2" | sed 's/^/#   /'
		failed=1
	fi
}

# "LINES FILE:NUMBER NAME" of each function: from its opening brace to its closing one, both in column 1,
# which clang-format sees to. Tests of libcheck are functions between START_TEST and END_TEST.
functions() {
	sources "$@" | grep '\.c$' | while read -r file; do
		awk '
			/^START_TEST/ { name = $0; sub(/^START_TEST\(/, "", name); sub(/\).*/, "", name); from = FNR }
			/^[A-Za-z_].*\(/ && !/;[ \t]*$/ && !/^START_TEST/ { last = $0 }
			/^\{$/ && !from { from = FNR; name = last; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
			(/^\}$/ || /^END_TEST/) && from { print FNR - from + 1, FILENAME ":" from, name; from = 0 }
		' "$file"
	done
}

failed=0
report ".c files have at most 400 lines" "$(sources protocol ipc daemon ctl man | grep '\.c$' | xargs -r wc -l |
	awk '$2 != "total" && $1 > 400 { print $2 ": " $1 }')"
report "headers have at most 120 lines" "$(sources protocol ipc daemon ctl man | grep '\.h$' | xargs -r wc -l |
	awk '$2 != "total" && $1 > 120 { print $2 ": " $1 }')"

all=$(functions protocol ipc daemon ctl man tests)
report "functions have at most 80 lines" "$(echo "$all" | awk '$1 > 80 { print $2 ": " $3 ": " $1 }')"
count=$(echo "$all" | wc -l)
p95=$(echo "$all" | sort -n | awk -v n=$((count * 95 / 100)) 'NR >= n { print $1; exit }')
report "the 95th percentile of functions is at most 60 lines" "$([ "${p95:-0}" -le 60 ] || echo "it is $p95")"
echo "# $count functions, 95th percentile ${p95:-0} lines"
echo "$all" | awk '$1 > 40 { print "# long: " $2 ": " $3 ": " $1 }'
exit $failed
