#!/bin/sh
# check-format.sh: every source is as clang-format 14 would write it.
set -eu
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
cd "$top"
failed=0
for folder in protocol ipc daemon ctl man tests; do
	[ -d "$folder" ] || continue
	bad=$(find "$folder" -name '*.[ch]' | sort | while read -r file; do
		clang-format-14 --dry-run -Werror "$file" >/dev/null 2>&1 || echo "#   $file"
	done)
	if [ -z "$bad" ]; then
		echo "ok - $folder is formatted"
	else
		echo "not ok - $folder is formatted (clang-format-14 -i)"
		echo "$bad"
		failed=1
	fi
done
exit $failed
