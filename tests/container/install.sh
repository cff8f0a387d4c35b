#!/bin/bash
# install.sh: ./bootstrap as root, in the container's tree, with an apt-get that only looks: no service may
# start while packages come in, and the machine's own policy about that is the same afterwards.
set -u
: "${WORK:?}"
TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
export TOP
. "$TOP/tests/suites/lib.sh"

tree=$WORK/container
policy=$tree/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	skip "./bootstrap installs as root" "there is no tree to try it in"
	exit 0
fi

mkdir -p "$tree/root/clone" "$tree/root/bin"
cp "$TOP/bootstrap" "$TOP/packages.txt" "$tree/root/clone"
cat >"$tree/root/bin/apt-get" <<-'EOF'
	#!/bin/sh
	echo "$@" >>/root/asked
	cat /usr/sbin/policy-rc.d >/root/policy-meanwhile
	exit $APT_EXIT
EOF
printf '#!/bin/sh\necho "$@" >/root/systemctl-said\n' >"$tree/root/bin/systemctl"
chmod 755 "$tree"/root/bin/*

bootstrap() { # EXIT-CODE-OF-APT-GET: it then lacks autoreconf, and ends
	rm -f "$tree/root/asked"
	! chroot "$tree" env TMPDIR=/tmp APT_EXIT="$1" PATH=/root/bin:/usr/sbin:/usr/bin:/sbin:/bin /root/clone/bootstrap test
}

restores_a_policy() { # EXIT-CODE
	printf '#!/bin/sh\n# mine\nexit 104\n' >"$policy"
	cp "$policy" "$WORK/policy"
	bootstrap "$1" && cmp "$policy" "$WORK/policy" && [[ ! -e $policy.stanzad-saved ]] &&
		grep 'exit 101' "$tree/root/policy-meanwhile"
}

restores_none() {
	rm "$policy"
	bootstrap 0 && [[ ! -e $policy && ! -e $policy.stanzad-saved ]] &&
		grep 'exit 101' "$tree/root/policy-meanwhile"
}

asks_for_what_is_missing() {
	grep -E '^.* install .*valgrind' "$tree/root/asked" && ! grep -w prosody "$tree/root/asked" &&
		[[ ! -e $tree/root/systemctl-said ]]
}

attempt "while ./bootstrap installs no service may start, and the policy comes back" restores_a_policy 0
attempt "only what is missing is asked for, and services that were here are left alone" asks_for_what_is_missing
attempt "the policy comes back where the installation fails" restores_a_policy 100
attempt "where there was no policy there is none afterwards" restores_none
