#!/bin/bash
# what make install puts where, and that uninstall takes it away
set -u
. "$TOP/tests/suites/lib.sh"

build_plain || exit 1
root=$WORK/install

expected='./usr/bin/stanzactl
./usr/lib/systemd/system/stanzad.service
./usr/lib/systemd/system/stanzad.socket
./usr/lib/systemd/user/stanzad.service
./usr/lib/systemd/user/stanzad.socket
./usr/lib/sysusers.d/stanzad.conf
./usr/lib/tmpfiles.d/stanzad.conf
./usr/sbin/stanzad
./usr/share/doc/stanzad/CHANGELOG.md
./usr/share/doc/stanzad/stanzad.conf
./usr/share/man/man1/stanzactl.1
./usr/share/man/man5/stanzad.conf.5
./usr/share/man/man7/stanzad-protocol.7
./usr/share/man/man7/stanzad-xso.7
./usr/share/man/man8/stanzad.8'

installed() {
	(cd "$root" && find . -type f | sort)
}

all_there() {
	echo "$expected" | LC_ALL=C sort >"$WORK/expected"
	installed | LC_ALL=C sort | comm -23 "$WORK/expected" - | grep . && return 1
	return 0
}

services_name_the_daemon() {
	for unit in "$root"/usr/lib/systemd/*/stanzad.service; do
		grep -q '^ExecStart=/usr/sbin/stanzad ' "$unit" || return 1
	done
}

attempt "make install DESTDIR=..." make -s -C "$WORK/gcc" install DESTDIR="$root" || exit 1
attempt "all that users need is installed" all_there
attempt "the services start the installed daemon" services_name_the_daemon
attempt "the example is a configuration without a fault" "$STANZAD" --check-config \
	--config "$root/usr/share/doc/stanzad/stanzad.conf"
attempt "make uninstall" make -s -C "$WORK/gcc" uninstall DESTDIR="$root"
attempt "uninstall leaves no file" test -z "$(installed)"
