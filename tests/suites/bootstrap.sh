#!/bin/bash
# what ./bootstrap does where packages are missing, with the tools that it calls replaced by witnesses
set -u
. "$TOP/tests/suites/lib.sh"

dir=$WORK/bootstrap
mkdir -p "$dir/bin" "$dir/tree/tests/demo"
cp "$TOP/bootstrap" "$TOP/packages.txt" "$dir/tree"

fake() { # NAME: a program that is the standard input
	cat >"$dir/bin/$1"
	chmod +x "$dir/bin/$1"
}

fake id <<<'#!/bin/sh
echo 1000'
# shellcheck disable=SC2016 # for another shell
fake dpkg-query <<<'#!/bin/sh
for name; do :; done
case " $MISSING " in *" $name "*) exit 1 ;; esac
echo installed'
for tool in apt-get autoreconf make; do
	fake $tool <<<"#!/bin/sh
echo $tool \"\$@\" >>'$dir/called'"
done
printf '#!/bin/sh\necho configure "$@" >>"%s"\n' "$dir/called" >"$dir/tree/configure"
printf '#!/bin/sh\necho the demo runs\n' >"$dir/tree/tests/demo/demo"
chmod +x "$dir/tree/configure" "$dir/tree/tests/demo/demo"

bootstrap() { # MISSING ARGUMENT...: its exit code is in $code, what it said in $dir/said
	local missing=$1
	shift
	rm -f "$dir/called"
	code=0
	MISSING=$missing PATH=$dir/bin:$PATH "$dir/tree/bootstrap" "$@" >"$dir/said" 2>&1 </dev/null || code=$?
	cat "$dir/said"
}

command_is_printed() {
	bootstrap "libev-dev socat" demo
	[[ $code -eq 1 && ! -e $dir/called ]] &&
		grep -x ' *apt-get install --no-install-recommends libev-dev socat' "$dir/said"
}

asks_for_no_more() {
	bootstrap "socat clang-14"
	[[ $code -eq 0 ]] && grep -q '^make' "$dir/called" || return 1
	bootstrap "clang-14" demo
	[[ $code -eq 0 ]] || return 1
	bootstrap "clang-14" test
	[[ $code -eq 1 ]]
}

builds_in_order() {
	bootstrap "" demo
	[[ $code -eq 0 ]] && grep -x 'the demo runs' "$dir/said" &&
		[[ $(cut -d' ' -f1 "$dir/called" | tr '\n' ' ') == "autoreconf configure make " ]]
}

refuses_nonsense() {
	bootstrap "" nonsense
	[[ $code -eq 64 && ! -e $dir/called ]] || return 1
	bootstrap "" demo test
	[[ $code -eq 64 && ! -e $dir/called ]]
}

knows_debian_only() {
	mv "$dir/bin" "$dir/not-debian"
	mkdir "$dir/few"
	for tool in sh dirname cat; do
		ln -s "$(command -v $tool)" "$dir/few/$tool"
	done
	! PATH=$dir/few "$dir/tree/bootstrap" >"$dir/said" 2>&1 </dev/null && grep packages.txt "$dir/said"
}

every_line_is_well_formed() {
	! sed 's/#.*//; s/[[:space:]]*$//' "$TOP/packages.txt" | grep . |
		grep -vE '^[a-z0-9][a-z0-9.+-]+[[:space:]]+(build|run|demo|test)$'
}

attempt "without root it prints the exact command and exits 1" command_is_printed
attempt "it asks only for what the task at hand needs" asks_for_no_more
attempt "with everything there it builds, in order, and runs the demo" builds_in_order
attempt "it refuses what it does not know" refuses_nonsense
attempt "on another system it says what is needed" knows_debian_only
attempt "every line of packages.txt has a name and a purpose" every_line_is_well_formed
