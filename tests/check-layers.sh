#!/bin/sh
# check-layers.sh [BUILDDIR | --self-test]
#
# The folders are layers, and so are the rooms in them: each may use what stands left of it, never right.
#
#   protocol/   base < xml < xso < vocab < stream          no descriptor, clock, libev, JSON or logging
#   ipc/        json < rpc < events                        no descriptor, no clock, no libev
#   daemon/     base < net < link < store < clients < main
#   ctl/        uses protocol/ and ipc/, never daemon/
#
# Includes are read in the sources, symbols in BUILDDIR/libprotocol.a and libipc.a (default: here).
# --self-test plants one violation of each sort into a copy and wants each found.
set -eu
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)

rooms='protocol/base protocol/xml protocol/xso protocol/vocab protocol/stream
ipc/json ipc/rpc ipc/events
daemon/base daemon/net daemon/link daemon/store daemon/clients daemon/main ctl'

# headers that are pure computation
pure='arpa/inet.h assert.h ctype.h emmintrin.h errno.h inttypes.h limits.h math.h stdalign.h stdarg.h
stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h sys/types.h'
protocol_headers="$pure libxml/*.h gsasl.h idn-free.h idna.h stringprep.h"
ipc_headers="$pure jansson.h"

# undefined symbols that give a layer away
descriptors='socket|socketpair|connect|accept4?|bind|listen|shutdown|[gs]etsockopt|recv(from|m?msg)?|send(to|m?msg|file)?
|read|readv|pread(v|64)?|write|writev|pwrite(v|64)?|open(64|at|at64)?|creat|close|dup[23]?|pipe2?|fcntl(64)?|ioctl
|poll|ppoll|select|pselect|epoll_.*|eventfd|timerfd_.*|signalfd|unlink|rename|mkdir|stat|fstat|lstat|fsync|mmap
|fopen(64)?|fdopen|freopen(64)?|fread|fwrite|fclose|fputs|fputc|getline|getenv|secure_getenv|fork|vfork|exec.*|posix_spawn.*
|getaddrinfo|gethostby.*|ares_.*|getrandom|getentropy|random|rand|rand_r|arc4random.*|signal|sigaction|pthread_.*|exit|_exit'
clock='time|clock|clock_.*|gettimeofday|ftime|nanosleep|usleep|sleep|alarm|localtime(_r)?'
logging='printf|vprintf|__v?printf_chk|fprintf|vfprintf|__v?fprintf_chk|dprintf|vdprintf|puts|putchar|perror|warnx?|errx?
|stdin|stdout|stderr|syslog|vsyslog|openlog'
libraries='ev_.*|gnutls_.*|sd_.*'
everywhere="$descriptors|$clock|$logging|$libraries"

bad_includes() { # ROOT
	(cd "$1" && find protocol ipc daemon ctl -name '*.[ch]' -exec grep -HE '^[ 	]*#[ 	]*include' {} +) |
	awk -v rooms="$rooms" -v protocol_headers="$protocol_headers" -v ipc_headers="$ipc_headers" '
	function room_of(path,	n, part) {
		n = split(path, part, "/")
		return part[1] == "ctl" ? "ctl" : n < 3 ? part[1] : part[1] "/" part[2]
	}
	function complain(what) {
		print file ": " what
	}
	function listed(name, list,	n, i, item, glob) {
		n = split(list, item, /[ \n]+/)
		for (i = 1; i <= n; i++) {
			glob = item[i]
			gsub(/\./, "\\.", glob)
			gsub(/\*/, "[^/]*", glob)
			if (name ~ "^" glob "$")
				return 1
		}
		return 0
	}
	BEGIN {
		n = split(rooms, room, /[ \n]+/)
		for (i = 1; i <= n; i++)
			rank[room[i]] = i
	}
	{
		file = $0
		sub(/:.*/, "", file)
		line = substr($0, length(file) + 2)
		here = room_of(file)
		layer = file
		sub(/\/.*/, "", layer)
		if (!(here in rank)) {
			complain("stands in no room that this check knows")
			next
		}
		if (line ~ /include[ \t]*</) {
			name = line
			sub(/^[^<]*</, "", name)
			sub(/>.*/, "", name)
			if (layer == "protocol" && !listed(name, protocol_headers))
				complain("protocol/ may not include <" name ">")
			if (layer == "ipc" && !listed(name, ipc_headers))
				complain("ipc/ may not include <" name ">")
		} else if (line ~ /include[ \t]*"/) {
			name = line
			sub(/^[^"]*"/, "", name)
			sub(/".*/, "", name)
			if (name == "config.h")
				next
			there = room_of(name)
			if (!(there in rank))
				complain("\"" name "\" is not named from the root")
			else if (rank[there] > rank[here])
				complain(here " may not include \"" name "\"")
			else if (layer == "ctl" && there ~ /^daemon/)
				complain("ctl may not include \"" name "\"")
		} else
			complain("an include that this check cannot read: " line)
	}'
}

bad_symbols() { # ARCHIVE FORBIDDEN
	nm -A -u "$1" | forbidden=$(printf %s "$2" | tr -d '\n') awk '
		{ name = $NF; sub(/@.*/, "", name) }
		name ~ "^(" ENVIRON["forbidden"] ")$" {
			split($1, part, ":")
			print part[1] ": " part[2] " uses " name
		}'
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

check() {
	failed=0
	build=$1
	report "includes keep to the layers" "$(bad_includes "$top")"
	if [ -e "$build/libprotocol.a" ]; then
		report "libprotocol.a knows no descriptor, clock, libev, JSON or logging" \
			"$(bad_symbols "$build/libprotocol.a" "$everywhere|json_.*")"
	else
		report "libprotocol.a is there to be looked at" "not in $build"
	fi
	if [ -e "$build/libipc.a" ]; then
		report "libipc.a knows no descriptor, clock or libev" "$(bad_symbols "$build/libipc.a" "$everywhere")"
	else
		report "libipc.a is there to be looked at" "not in $build"
	fi
	exit $failed
}

# --- self-test: each violation alone, in a copy; the unspoilt copy has none --------------------------

plant() { # NAME FILE LINE EXPECTED
	mkdir -p "$tmp/$(dirname "$2")"
	printf '%s\n' "$3" >"$tmp/$2"
	found=$(bad_includes "$tmp")
	case $found in
	*"$4"*) echo "ok - finds $1" ;;
	*) echo "not ok - finds $1"; failed=1 ;;
	esac
	rm "$tmp/$2"
}

plant_symbol() { # NAME STATEMENT FORBIDDEN EXPECTED
	printf '%s\nint planted(void);\nint planted(void)\n{\n\treturn (int)%s;\n}\n' "$5" "$2" >"$tmp/planted.c"
	rm -f "$tmp/libplanted.a"
	${CC:-gcc} -w -c -o "$tmp/planted.o" "$tmp/planted.c"
	ar cr "$tmp/libplanted.a" "$tmp/planted.o"
	case $(bad_symbols "$tmp/libplanted.a" "$3") in
	*"uses $4"*) echo "ok - finds $1" ;;
	*) echo "not ok - finds $1"; failed=1 ;;
	esac
}

self_test() {
	failed=0
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	for room in $rooms; do
		mkdir -p "$tmp/$room"
		printf '#include <stdint.h>\n\n#include "protocol/base/list.h"\n#include "%s/x.h"\n' "$room" >"$tmp/$room/x.c"
	done
	report "the unspoilt copy is clean" "$(bad_includes "$tmp")"
	plant "protocol including ipc" protocol/base/a.c '#include "ipc/json/jsonw.h"' 'may not include "ipc/'
	plant "protocol including daemon" protocol/stream/a.h '#include "daemon/base/log.h"' 'may not include "daemon/'
	plant "ipc including daemon" ipc/rpc/a.c '#include "daemon/base/log.h"' 'may not include "daemon/'
	plant "base including xml" protocol/base/a.c '#include "protocol/xml/elem.h"' 'protocol/base may not'
	plant "vocab including stream" protocol/vocab/a.c '#include "protocol/stream/stream.h"' 'vocab may not'
	plant "json including rpc" ipc/json/a.c '# include "ipc/rpc/rpc.h"' 'ipc/json may not'
	plant "link including clients" daemon/link/a.c '	#include "daemon/clients/client.h"' 'daemon/link may not'
	plant "ctl including daemon" ctl/a.c '#include "daemon/base/log.h"' 'ctl may not'
	plant "daemon including ctl" daemon/main/a.c '#include "ctl/a.h"' 'daemon/main may not'
	plant "a system header of descriptors" protocol/xml/a.c '#include <sys/socket.h>' '<sys/socket.h>'
	plant "a clock's header" protocol/stream/a.c '#include <time.h>' '<time.h>'
	plant "jansson in protocol" protocol/xso/a.c '#include <jansson.h>' '<jansson.h>'
	plant "libev in ipc" ipc/events/a.c '#include <ev.h>' '<ev.h>'
	plant "an include not from the root" protocol/xml/a.c '#include "elem.h"' 'not named from the root'
	plant "a room without a rank" protocol/cellar/a.c '#include "protocol/base/list.h"' 'no room'
	plant_symbol "a descriptor" 'socket(1, 1, 0)' "$everywhere" socket '#include <sys/socket.h>'
	plant_symbol "a clock" 'time(0)' "$everywhere" time '#include <time.h>'
	plant_symbol "a print to stderr" 'fputc(33, stderr)' "$everywhere" stderr '#include <stdio.h>'
	plant_symbol "a log" 'syslog(1, "x")' "$everywhere" syslog 'void syslog(int, const char *, ...);
#define syslog(a, b) (syslog(a, b), 0)'
	plant_symbol "libev" 'ev_run(0, 0)' "$everywhere" ev_run 'int ev_run(void *, int);'
	plant_symbol "JSON" 'json_incref()' "$everywhere|json_.*" json_incref 'int json_incref(void);'
	exit $failed
}

case ${1-} in
--self-test) self_test ;;
*) check "${1:-.}" ;;
esac
