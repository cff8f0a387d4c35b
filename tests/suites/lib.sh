# shellcheck shell=sh
# lib.sh: what the suites share; read by each of them, run by none.
#
# A suite says one line for each thing it tried, as in TAP: "ok - NAME", "not ok - NAME", and
# "ok - NAME # skip WHY". tests/run-all gives it TOP (the source tree), WORK (a temporary directory that
# all suites of a run share) and JOBS.

: "${TOP:?}" "${WORK:?}" "${JOBS:=1}"
export TOP WORK JOBS

ok() { # NAME
	printf 'ok - %s\n' "$1"
}

not_ok() { # NAME [FILE-THAT-TELLS-WHY]
	printf 'not ok - %s\n' "$1"
	[ $# -lt 2 ] || grep -vE '^  (AR|CC|CCLD|GEN) ' "$2" | tail -n 30 | sed 's/^/#   /'
}

skip() { # NAME WHY
	printf 'ok - %s # skip %s\n' "$1" "$2"
}

# Runs COMMAND: it works, or the suite has failed here.
attempt() { # NAME COMMAND...
	attempted=$1
	shift
	attempt_log=$(mktemp "$WORK/attempt.XXXXXX")
	if "$@" >"$attempt_log" 2>&1; then
		ok "$attempted"
	else
		not_ok "$attempted" "$attempt_log"
		return 1
	fi
}

# The tree as a release would have it, once for all suites. What it lacks, a release would lack.
source_tree() {
	[ ! -e "$WORK/src/configure" ] || return 0
	mkdir -p "$WORK/src" &&
		make -s -C "${BUILT:-$TOP}" dist &&
		tar -xJf "${BUILT:-$TOP}"/stanzad-*.tar.xz -C "$WORK/src" --strip-components=1 &&
		rm "${BUILT:-$TOP}"/stanzad-*.tar.xz
}

# Configures and builds WORK/NAME, or only MAKE_TARGETS of it, unless an earlier suite did.
# shellcheck disable=SC2086 # a list of words
build() { # NAME CONFIGURE-ARGUMENT...
	where=$WORK/$1
	shift
	[ ! -e "$where/built" ] || return 0
	source_tree &&
		mkdir -p "$where" &&
		(cd "$where" && "$WORK/src/configure" -q "$@") &&
		make -s -C "$where" -j"$JOBS" ${MAKE_TARGETS-} &&
		touch "$where/built"
}

# The build that most suites look at: as a package would have it.
build_plain() {
	export STANZAD="$WORK/gcc/stanzad" STANZACTL="$WORK/gcc/stanzactl"
	build gcc CC=gcc --enable-werror --prefix=/usr --sysconfdir=/etc --localstatedir=/var >"$WORK/gcc.log" 2>&1 && return
	not_ok "gcc builds it" "$WORK/gcc.log"
	return 1
}

# Says the results of "make check" in the current directory: each check of each program.
check_results() {
	find . -name '*.trs' | sort | while read -r trs; do
		log=${trs%.trs}.log
		name=${log#./}
		name=${name%.log}
		result=$(sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' "$trs" | tail -n 1)
		grep -aE '^([0-9]+%: Checks: |ok |not ok )' "$log" | sed "s|^\([0-9]*%: Checks\)|$name: \1|" >"$name.said"
		cat "$name.said"
		case $result in
		PASS) [ -s "$name.said" ] || not_ok "$name says what it has checked" "$log" ;;
		SKIP) skip "$name" "$(tail -n 1 "$log")" ;;
		*)
			tail -n 60 "$log" | sed 's/^/#   /'
			grep -qE '^not ok|(Failures|Errors): [1-9]' "$name.said" || not_ok "$name: ${result:-no result}"
			;;
		esac
	done
}

# Runs programs that speak as a suite does. One that ends badly without a word has failed, too.
programs() { # SECONDS-FOR-EACH PROGRAM...
	limit=$1
	shift
	for program in "$@"; do
		said=$(mktemp "$WORK/said.XXXXXX")
		code=0
		timeout -k 5 "$limit" "$program" >"$said" 2>&1 || code=$?
		echo "# ${program##*/}"
		cat "$said"
		if [ "$code" -ne 0 ] && ! grep -q '^not ok' "$said"; then
			not_ok "${program##*/}: exits with $code"
		elif ! grep -qE '^(not )?ok' "$said"; then
			not_ok "${program##*/}: has checked nothing"
		fi
	done
}

# make check, in the build WORK/NAME
check() { # NAME
	(
		cd "$WORK/$1" || exit 1
		code=0
		make -s -k -j"$JOBS" check >check.log 2>&1 || code=$?
		check_results
		if [ "$code" -ne 0 ] && ! grep -rqE --include='*.trs' '^:test-result: (FAIL|ERROR)' .; then
			not_ok "make check" check.log
		fi
	)
}
