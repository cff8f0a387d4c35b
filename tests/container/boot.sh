#!/bin/bash
# boot.sh: a debootstrapped Debian boots in a container, with the installed service and a Prosody in it.
#
# Wants BUILD (a build configured with --prefix=/usr) and WORK (a temporary directory). What is tried
# inside is inside.sh; its results are files in the tree. Where no container can run, that is a skip.
set -u
: "${BUILD:?}" "${WORK:?}"
here=$(cd "$(dirname "$0")" && pwd)
TOP=${TOP:-$(cd "$here/../.." && pwd)}
export TOP
. "$TOP/tests/suites/lib.sh"

name="the installed service in a booted container"
tree=$WORK/container
log=$WORK/container.log

cannot() { # WHY
	skip "$name" "$1"
	exit 0
}

broken() { # WHAT
	not_ok "$name: $1" "$log"
	exit 1
}

# The mirror that this machine itself uses; nothing where that is not known: debootstrap has its own.
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' 2>/dev/null |
		head -n 1
}

packages_to_run() {
	sed 's/#.*//' "$TOP/packages.txt" | awk '$2 == "run" { print $1 }'
}

# shellcheck disable=SC2046 # a list of words
make_tree() {
	debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm "$tree" $(mirror) &&
		printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d" &&
		chmod 755 "$tree/usr/sbin/policy-rc.d" &&
		DEBIAN_FRONTEND=noninteractive TMPDIR=/tmp chroot "$tree" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 \
			install $(packages_to_run) prosody
}

# The accounts and the configuration are made here, where the tools are; the paths become those inside.
put_server() {
	"$TOP/tests/interop/prosody.sh" init "$tree/srv/xmpp" &&
		sed -i "s|$tree||g" "$tree/srv/xmpp/prosody.cfg.lua" &&
		systemctl --root="$tree" disable prosody.service &&
		cat >"$tree/etc/systemd/system/server.service" <<-EOF
			[Unit]
			Description=The test's XMPP server
			[Service]
			ExecStart=/usr/bin/prosody --config /srv/xmpp/prosody.cfg.lua -F
		EOF
}

put_daemon() {
	. "$tree/srv/xmpp/ports" &&
		make -s -C "$BUILD" install DESTDIR="$tree" &&
		systemd-sysusers --root="$tree" &&
		mkdir -p "$tree/etc/stanzad" "$tree/etc/systemd/system/stanzad.service.d" &&
		cp "$tree/srv/xmpp/ca.pem" "$tree/etc/stanzad/" &&
		install -m 0640 "$tree/srv/xmpp/alerts.password" "$tree/etc/stanzad/" &&
		TMPDIR=/tmp chroot "$tree" chgrp stanzad /etc/stanzad/alerts.password &&
		install -m 0400 "$tree/srv/xmpp/juliet.password" "$tree/etc/juliet.password" &&
		cat >"$tree/etc/systemd/system/stanzad.service.d/credential.conf" <<-EOF &&
			[Service]
			LoadCredential=juliet.password:/etc/juliet.password
		EOF
		cat >"$tree/etc/stanzad/stanzad.conf" <<-EOF &&
			[stream alerts]
			jid = alerts@example.test
			password_file = /etc/stanzad/alerts.password
			host = 127.0.0.1
			port = $C2S
			tls = starttls
			ca_file = /etc/stanzad/ca.pem

			[stream juliet]
			jid = juliet@example.test
			password_file = /run/credentials/stanzad.service/juliet.password
			host = 127.0.0.1
			port = $DIRECT_TLS
			tls = direct
			ca_file = /etc/stanzad/ca.pem
		EOF
		systemctl --root="$tree" enable stanzad.service
}

put_test() {
	install -m 0755 "$here/inside.sh" "$tree/root/inside.sh" &&
		cat >"$tree/etc/systemd/system/inside.service" <<-EOF &&
			[Unit]
			Description=The test
			After=basic.target
			SuccessAction=poweroff
			FailureAction=poweroff
			[Service]
			Type=oneshot
			ExecStart=/root/inside.sh
			TimeoutStartSec=90
			[Install]
			WantedBy=multi-user.target
		EOF
		systemctl --root="$tree" enable inside.service
}

[[ $(id -u) -eq 0 ]] || cannot "only root can run containers"
for tool in systemd-nspawn debootstrap; do
	command -v $tool >/dev/null || cannot "$tool is not installed"
done

if ! make_tree >"$log" 2>&1; then
	grep -qE 'Failed getting release file|Could not resolve' "$log" && cannot "no Debian mirror can be reached"
	grep -q 'mounted with noexec or nodev' "$log" && cannot "devices cannot be made here"
	broken "cannot make the tree"
fi
container=(systemd-nspawn --quiet --register=no --keep-unit --private-network -D "$tree")
timeout 30 "${container[@]}" /bin/true </dev/null >"$log" 2>&1 || cannot "containers cannot run here: $(tail -n 1 "$log")"
{ put_server && put_daemon && put_test; } >"$log" 2>&1 || broken "cannot fill the tree"

timeout -k 10 150 systemd-nspawn --boot --register=no --keep-unit --private-network -D "$tree" </dev/null >"$log" 2>&1
ended=$?
[[ -e $tree/results/begun ]] || cannot "no Debian boots in a container here: $(tail -n 1 "$log")"
cat "$tree/results/said"
[[ -e $tree/results/done ]] || broken "the test inside did not come to its end"
((ended == 0)) || broken "the container ends with $ended"
