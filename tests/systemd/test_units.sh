#!/bin/bash
# The installed units: well formed, hardened, and saying what the manual promises. Wants BUILD, a build
# configured with --prefix=/usr.
set -u
: "${BUILD:?}" "${WORK:?}"
TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
export TOP
. "$TOP/tests/suites/lib.sh"

root=$WORK/units
system=$root/usr/lib/systemd/system
user=$root/usr/lib/systemd/user
make -s -C "$BUILD" install DESTDIR="$root" >"$WORK/units.log" 2>&1 || {
	not_ok "make install" "$WORK/units.log"
	exit 1
}

# Copies that have only the daemon's path changed, so that it is found.
verify() { # system|user
	mkdir -p "$WORK/verify-$1"
	for unit in stanzad.service stanzad.socket; do
		sed "s|/usr/sbin/stanzad|$root&|" "$root/usr/lib/systemd/$1/$unit" >"$WORK/verify-$1/$unit"
	done
	# other units of this machine may have faults of their own
	local code=0
	XDG_RUNTIME_DIR=$WORK systemd-analyze verify "--$1" --man=no "$WORK/verify-$1"/stanzad.{service,socket} \
		>"$WORK/complaints" 2>&1 || code=$?
	cat "$WORK/complaints"
	[[ $code -eq 0 ]] && ! grep -q stanzad "$WORK/complaints"
}

says() { # FILE LINE...
	local file=$1 line
	shift
	for line in "$@"; do
		grep -qxF -- "$line" "$file" || {
			echo "$file lacks: $line"
			return 1
		}
	done
}

makes_the_user() {
	mkdir -p "$root/etc"
	systemd-sysusers --root="$root" &&
		grep '^stanzad:.*:/var/lib/stanzad:' "$root/etc/passwd" &&
		grep '^stanzad:' "$root/etc/group"
}

makes_the_directory() {
	systemd-tmpfiles --root="$root" --create stanzad.conf &&
		test "$(stat -c %a:%u "$root/run/stanzad")" = "755:$(awk -F: '$1 == "stanzad" { print $3 }' "$root/etc/passwd")"
}

attempt "systemd-analyze verify: the system's units" verify system
attempt "systemd-analyze verify: a user's units" verify user
attempt "systemd-analyze security: at most 1.5" \
	systemd-analyze security --offline=true --threshold=15 --no-pager "$system/stanzad.service"
attempt "the service is as promised" says "$system/stanzad.service" Type=notify WatchdogSec=30 Restart=on-failure \
	RestartPreventExitStatus=78 User=stanzad "ExecReload=/bin/sh -c 'kill -HUP \$MAINPID'" "ExecStart=/usr/sbin/stanzad --system"
attempt "the socket is as promised" says "$system/stanzad.socket" ListenStream=/run/stanzad/stanzad.sock \
	SocketMode=0660 SocketGroup=stanzad FileDescriptorName=stanzad
attempt "a user's socket is as promised" says "$user/stanzad.socket" ListenStream=%t/stanzad/stanzad.sock SocketMode=0600
if [[ $(id -u) -eq 0 ]]; then
	attempt "sysusers makes the user and the group" makes_the_user
	attempt "tmpfiles makes the socket's directory" makes_the_directory
else
	skip "sysusers makes the user and the group" "only root can try"
	skip "tmpfiles makes the socket's directory" "only root can try"
fi
