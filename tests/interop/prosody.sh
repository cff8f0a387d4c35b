#!/bin/sh
# prosody.sh init|start|stop|kill DIR
#
# A private Prosody on loopback. Everything is below DIR: its own CA, configuration, accounts, data, log.
#
#   init   writes all that; makes the accounts alerts@example.test and juliet@example.test
#   start  starts it in the background and returns when it accepts connections
#   stop   ends it as a service manager would; it says goodbye to its streams
#   kill   ends it as a power cut would
#
# DIR/ports holds, as shell assignments, C2S (STARTTLS) and DIRECT_TLS; they stay the same over a restart.
# DIR/ca.pem is the CA, DIR/alerts.password and DIR/juliet.password the passwords, made up by init.
# For init: PROSODY_CERTIFICATE_FOR, a domain other than example.test; PROSODY_HASH, SHA-1 (the default) or
# SHA-256, which decides on the SCRAM that it offers; PROSODY_MODULES, more modules, as "name"; "name";
set -eu

fail() {
	echo "prosody.sh: $*" >&2
	exit 1
}

make_certificate() {
	cat >"$dir/openssl.cnf" <<-EOF
		[req]
		distinguished_name = name
		[name]
		[ca]
		basicConstraints = critical, CA:TRUE
		keyUsage = keyCertSign, cRLSign
		[server]
		basicConstraints = CA:FALSE
		subjectAltName = DNS:$1
		keyUsage = digitalSignature
		extendedKeyUsage = serverAuth
	EOF
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=A throw-away CA" \
		-config "$dir/openssl.cnf" -extensions ca -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>"$dir/openssl.log"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
		-config "$dir/openssl.cnf" -keyout "$dir/server.key" -out "$dir/server.csr" 2>>"$dir/openssl.log"
	openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -days 2 \
		-extfile "$dir/openssl.cnf" -extensions server -out "$dir/server.crt" 2>>"$dir/openssl.log"
}

# Two ports of the moment. Should somebody take one before Prosody does, start says so.
choose_ports() {
	/usr/bin/python3 -c '
import socket
s = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print("C2S=%d\nDIRECT_TLS=%d" % tuple(x.getsockname()[1] for x in s))' >"$dir/ports"
}

configure() {
	. "$dir/ports"
	cat >"$dir/prosody.cfg.lua" <<-EOF
		run_as_root = true -- it refuses otherwise, where that is all there is
		pidfile = "$dir/prosody.pid"
		data_path = "$dir/data"
		interfaces = { "127.0.0.1" }
		local_interfaces = { "127.0.0.1" }
		c2s_ports = { $C2S }
		c2s_direct_tls_ports = { $DIRECT_TLS }
		s2s_ports = { }
		http_ports = { }
		https_ports = { }
		c2s_require_encryption = true
		authentication = "internal_hashed"
		password_hash = "${PROSODY_HASH:-SHA-1}"
		storage = "internal"
		limits = { }
		modules_enabled = { "roster"; "saslauth"; "tls"; "disco"; "ping"; "carbons"; "smacks"; "blocklist";
			${PROSODY_MODULES:-} }
		modules_disabled = { "s2s" }
		log = { { levels = { min = "info" }; to = "file"; filename = "$dir/prosody.log" } }
		ssl = { certificate = "$dir/server.crt"; key = "$dir/server.key" }
		c2s_direct_tls_ssl = { certificate = "$dir/server.crt"; key = "$dir/server.key" }
		VirtualHost "example.test"
	EOF
}

init() {
	mkdir -p "$dir/data"
	make_certificate "${PROSODY_CERTIFICATE_FOR:-example.test}"
	choose_ports
	configure
	for account in alerts juliet; do
		(umask 077 && openssl rand -hex 16 >"$dir/$account.password")
		prosodyctl --config "$dir/prosody.cfg.lua" register $account example.test \
			"$(cat "$dir/$account.password")" >"$dir/register.log" 2>&1 ||
			fail "cannot make the account $account: $(cat "$dir/register.log")"
	done
}

start() {
	[ -s "$dir/ports" ] || fail "$dir has seen no init"
	: >"$dir/prosody.log"
	{
		prosody --config "$dir/prosody.cfg.lua" -F &
		echo $! >"$dir/pid"
		wait $! || :
		echo "ended" >>"$dir/prosody.log"
	} </dev/null >"$dir/prosody.out" 2>&1 &
	. "$dir/ports"
	# it runs on where it cannot listen: only its log tells
	said=$(timeout 20 tail -n +1 -f "$dir/prosody.log" | sed -u -n \
		-e "/Activated service 'c2s' on \[127/p" -e "/Activated service 'c2s_direct_tls' on \[127/{p;q}" \
		-e '/in use by another/q' -e '/^ended/q') || :
	if [ "$(echo "$said" | grep -c Activated)" -ne 2 ]; then
		cat "$dir/prosody.out" "$dir/prosody.log" >&2
		finish KILL
		fail "Prosody does not listen on the ports $C2S and $DIRECT_TLS of 127.0.0.1"
	fi
}

# It may be nobody's child by now, so that wait is not the way to see its end.
finish() { # SIGNAL
	[ -s "$dir/pid" ] || return 0
	pid=$(cat "$dir/pid")
	rm -f "$dir/pid"
	/usr/bin/python3 - "$pid" "$1" <<-'EOF' || fail "Prosody did not end after SIG$1"
		import os, select, signal, sys
		try:
		    process = os.pidfd_open(int(sys.argv[1]))
		except ProcessLookupError:
		    sys.exit(0)
		signal.pidfd_send_signal(process, signal.Signals["SIG" + sys.argv[2]])
		if not select.select([process], [], [], 10)[0]:
		    signal.pidfd_send_signal(process, signal.SIGKILL)
		    sys.exit(1)
	EOF
}

[ $# -eq 2 ] || fail "usage: prosody.sh init|start|stop|kill DIR"
PATH=$PATH:/usr/sbin
mkdir -p "$2"
dir=$(cd "$2" && pwd)
case $1 in
init) init ;;
start) start ;;
stop) finish TERM ;;
kill) finish KILL ;;
*) fail "no such command: $1" ;;
esac
