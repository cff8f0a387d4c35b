#!/bin/bash
# check-manuals.sh: the manual pages are well formed, and leave out no option, key, method, event or error.
#
# Options come from the programs' own --help (STANZAD, STANZACTL, else here), keys from the table that the
# daemon reads them by, the rest from rpc.discover.
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

# Which of the words of the input the page does not have, as whole words.
lacks() { # PAGE
	local text word
	text=$(mandoc -T ascii -O width=1000 "$top/man/$1" | sed 's/.\x08//g')
	sort -u | while read -r word; do
		grep -qE -- "(^|[^[:alnum:]_.-])${word//./\\.}([^[:alnum:]_-]|\$)" <<<"$text" || echo "$word"
	done
}

options() { # PROGRAM
	"$1" --help | grep -oE -- '--[a-z][a-z-]*'
}

keys() {
	grep -oE '(KEY\(struct [a-z_]+, |STREAM\(|\.name = ")[a-z_0-9]+' "$top/daemon/base/config_keys.c" |
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

for page in stanzactl.1 stanzad.conf.5 stanzad-protocol.7 stanzad.8; do
	report "$page is well formed" "$(mandoc -T lint -W warning "$top/man/$page" 2>&1 || :)"
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
exit $failed
