#!/bin/bash
# inside.sh: what is tried in the booted container; the results are files in /results.
set -u
mkdir -p /results
exec >/results/said 2>&1
touch /results/begun

socket=/run/stanzad/stanzad.sock
log=/results/log
useradd --groups stanzad member
useradd stranger

attempt() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$log" 2>&1; then
		echo "ok - in a container: $name"
	else
		echo "not ok - in a container: $name"
		{
			tail -n 5 "$log"
			journalctl --no-pager -n 30 -o cat -u stanzad.service -u stanzad.socket
		} | sed 's/^/#   /'
	fi
}

member() {
	runuser -u member -- "$@"
}

up() { # STREAM
	member stanzactl --json call stream.wait "{\"stream\":\"$1\",\"link\":\"up\",\"timeout\":30}" | grep '"up"'
}

is() { # PROPERTY VALUE
	local got
	got=$(systemctl show --value -p "$1" stanzad.service)
	echo "$1 is $got"
	[[ $got == "$2" ]]
}

modes() {
	stat -c '%n %U:%G %a' /run/stanzad $socket
	[[ $(stat -c '%U:%G %a' /run/stanzad) == "stanzad:stanzad 755" ]] &&
		[[ $(stat -c '%U:%G %a' $socket) == "root:stanzad 660" ]]
}

owner() {
	[[ $(stat -c %U:%G "/proc/$(systemctl show --value -p MainPID stanzad.service)") == stanzad:stanzad ]]
}

state_modes() {
	[[ $(stat -c '%U:%G %a' /var/lib/stanzad) == "stanzad:stanzad 700" ]] &&
		[[ $(stat -c '%U:%G' /etc/stanzad) == root:root ]]
}

refused() {
	! runuser -u stranger -- stanzactl --json call daemon.info
}

restarts_after_a_crash() {
	systemctl kill --signal=KILL stanzad.service && up alerts && is NRestarts 1
}

stops_cleanly() {
	systemctl stop stanzad.service && is Result success && is ExecMainStatus 0 && is ActiveState inactive
}

socket_stays() {
	systemctl is-active stanzad.socket && test -S $socket
}

starts_for_a_client() {
	member stanzactl --json call daemon.info && is ActiveState active
}

gives_up_on_a_fault() {
	systemctl stop stanzad.service stanzad.socket
	systemctl reset-failed stanzad.service
	echo 'nonsense = yes' >>/etc/stanzad/stanzad.conf
	! systemctl start stanzad.service && is ExecMainStatus 78 && is NRestarts 0 && is ActiveState failed &&
		journalctl -u stanzad.service -o cat | grep '^/etc/stanzad/stanzad.conf:[0-9]*: .*nonsense'
}

no_secrets_in_the_journal() {
	sync
	journalctl --sync
	journalctl --no-pager -o export >/results/journal
	! grep -aqF -e "$(cat /etc/juliet.password)" -e "$(cat /etc/stanzad/alerts.password)" /results/journal
}

systemctl start server.service
attempt "the service has started at boot and is ready" systemctl start stanzad.service
attempt "it runs as the user stanzad" owner
attempt "the socket and its directory belong to whom they should" modes
attempt "so do its other directories" state_modes
attempt "it logs in with a password file of root:stanzad 0640" up alerts
attempt "it logs in with a credential of systemd's" up juliet
attempt "who is not in the group cannot connect" refused
attempt "it reloads" systemctl reload stanzad.service
attempt "and is up after it" up alerts
attempt "after a crash it is restarted and logs in again" restarts_after_a_crash
attempt "it stops cleanly" stops_cleanly
attempt "the socket stays" socket_stays
attempt "the next client starts it" starts_for_a_client
attempt "and it logs in" up alerts
attempt "on a faulty configuration it gives up with 78, and says the line" gives_up_on_a_fault
attempt "no password is in the journal" no_secrets_in_the_journal
touch /results/done
