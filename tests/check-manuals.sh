#!/bin/bash
# check-manuals.sh: the manual pages are well formed, and leave out no option, key, method, event, error, class
# or field.
#
# Options come from the programs' own --help (STANZAD, STANZACTL, else here), keys from their table, the rest from
# rpc.discover. stanzad-xso(7) stands in the folder of STANZAD, where it was made.
set -euo pipefail
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
STANZAD=${STANZAD:-./stanzad}
STANZACTL=${STANZACTL:-./stanzactl}
failed=0
dir=$(mktemp -d)
daemon=
trap '[[ ! $daemon ]] || kill "$daemon"; rm -rf "$dir"' EXIT

report() { # NAME OFFENDERS
	if [[ -z $2 ]]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		sed 's/^/#   /' <<<"$2"
		failed=1
	fi
}

page() { # NAME
	if [[ -e $top/man/$1 ]]; then
		echo "$top/man/$1"
	else
		echo "$(dirname "$STANZAD")/man/$1"
	fi
}

# Which of the words of the input the page does not have, as whole words.
lacks() { # PAGE
	local text word
	text=$(mandoc -T ascii -O width=1000 "$(page "$1")" | sed 's/.\x08//g')
	sort -u | while read -r word; do
		grep -qE -- "(^|[^[:alnum:]_.-])${word//./\\.}([^[:alnum:]_-]|\$)" <<<"$text" || echo "$word"
	done
}

options() { # PROGRAM
	"$1" --help | grep -oE -- '--[a-z][a-z-]*'
}

keys() {
	grep -oE '(KEY\(struct [a-z_]+, |STREAM\(|LATER\("|\.name = ")[a-z_0-9]+' "$top/daemon/base/config_keys.c" |
		sed 's/.*[ ("]//' | grep -vxE 'm'
}

discover() {
	printf '[daemon]\nlog_level = info\n' >"$dir/conf"
	: >"$dir/log"
	"$STANZAD" --config "$dir/conf" --socket "$dir/socket" --state-dir "$dir/state" >"$dir/log" 2>&1 &
	daemon=$!
	grep -q -m 1 "listening on" < <(timeout 20 tail -n +1 -f --pid=$daemon "$dir/log")
	"$STANZACTL" --socket "$dir/socket" --json call rpc.discover >"$dir/discover.json"
	kill "$daemon"
	wait "$daemon"
	daemon=
}

for page in stanzactl.1 stanzad.conf.5 stanzad-protocol.7 stanzad-xso.7 stanzad.8; do
	report "$page is well formed" "$(mandoc -T lint -W warning "$(page $page)" 2>&1 || :)"
done
report "stanzad(8) has every option" "$(options "$STANZAD" | lacks stanzad.8)"
report "stanzactl(1) has every option" "$(options "$STANZACTL" | lacks stanzactl.1)"
report "stanzad.conf(5) has every key" "$(keys | lacks stanzad.conf.5)"

discover
document='.result? // .'
jq -r "$document | .methods[].name" "$dir/discover.json" >"$dir/names"
if (($(wc -l <"$dir/names") < 20)); then
	report "rpc.discover names the methods" "$(wc -l <"$dir/names") of them"
fi
report "stanzad-protocol(7) has every method and event" "$(lacks stanzad-protocol.7 <"$dir/names")"
report "stanzad-protocol(7) has every parameter" "$(jq -r "$document | .methods[].params[]?.name" "$dir/discover.json" |
	lacks stanzad-protocol.7)"
jq -r "$document | .components.errors[] | .code, (.data.kind // empty)" "$dir/discover.json" >"$dir/errors"
jq -r "$document | .components.schemas[].kind // empty" "$dir/discover.json" >"$dir/classes"
jq -r "$document | .components.schemas[] | select(.kind) | .properties | keys[]" "$dir/discover.json" >"$dir/fields"
if (($(wc -l <"$dir/errors") < 28 || $(wc -l <"$dir/classes") < 20 || $(wc -l <"$dir/fields") < 40)); then
	report "the tables are found" "$(wc -l "$dir/errors" "$dir/classes" "$dir/fields")"
fi
report "stanzad-protocol(7) has every error" "$(lacks stanzad-protocol.7 <"$dir/errors")"
report "stanzad-xso(7) has every class" "$(lacks stanzad-xso.7 <"$dir/classes")"
report "stanzad-xso(7) has every field" "$(lacks stanzad-xso.7 <"$dir/fields")"
exit $failed
