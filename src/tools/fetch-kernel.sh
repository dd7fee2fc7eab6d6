#!/bin/sh
# Fetches Debian's kernel sources and unpacks them: fetch-kernel.sh FOLDER [VERSION…] (default: 6.12 6.1).
# Needs apt-get with a Debian archive, dpkg-deb, tar and xz. The sources are GPL and are no part of this project:
# FOLDER must lie outside the checkout. Prints the value for PERNET_TREES.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [VERSION…]" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
case "$folder/" in "$here"/*) echo "$folder lies inside the checkout; choose a folder outside it" >&2; exit 2 ;; esac
shift
[ $# -gt 0 ] || set -- 6.12 6.1
trees=
for version in "$@"; do
	tree="$folder/linux-source-$version"
	if [ ! -f "$tree/MAINTAINERS" ]; then
		work=$(mktemp -d)
		archive="/usr/src/linux-source-$version.tar.xz"
		if [ ! -f "$archive" ]; then
			(cd "$work" && apt-get download "linux-source-$version" >&2 || { apt-get update >&2 && apt-get download "linux-source-$version" >&2; })
			dpkg-deb -x "$work"/linux-source-*.deb "$work/deb"
			archive="$work/deb/usr/src/linux-source-$version.tar.xz"
		fi
		tar -xf "$archive" -C "$folder"
		rm -rf "$work"
	fi
	trees="${trees:+$trees:}$tree"
done
echo "PERNET_TREES=$trees"
