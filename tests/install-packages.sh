#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Installs the Debian packages that building and testing need, or prints their names.
#
#: usage: install-packages.sh GROUP...
#:        install-packages.sh --print GROUP...
#:
#: Installs what is missing of the groups, with apt-get; does nothing when all is there.
#: --print writes the names of the packages instead, one a line.
#:
#:   build  compiling the project and running its pipelines
#:   test   running the test suites
#:   style  the formatter, linters and indexer behind the style suite
#:   vm     building and running the VM with real heaps
#:   guest  what the VM's root file system has besides build and test
set -euo pipefail

me=${0##*/}
declare -A packages=(
	[build]='gcc libc6-dev meson ninja-build pkgconf python3 libglib2.0-dev libgstreamer1.0-dev libjson-glib-dev
		libgstreamer-plugins-base1.0-dev libdrm-dev gobject-introspection libgirepository1.0-dev check
		gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad'
	[test]='python3-gi gir1.2-gstreamer-1.0 gir1.2-gst-plugins-base-1.0 gstreamer1.0-libav gstreamer1.0-plugins-ugly
		binutils ccache procps strace valgrind libc6-dbg'
	[style]='clang-format clang-tidy git shellcheck universal-ctags'
	[vm]='qemu-system-x86 mmdebstrap debian-archive-keyring device-tree-compiler cpio
		gcc libc6-dev make flex bison bc libelf-dev xz-utils'
	[guest]='busybox-static gdb-minimal gstreamer1.0-gl kmod libdrm-tests libegl1 libgl1-mesa-dri v4l-utils
		udev weston'
)

usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

die() {
	printf '%s: error: %s\n' "$me" "$*" >&2
	exit 1
}

# names_of GROUP...: their packages, one a line.
names_of() {
	local group
	for group in "$@"; do
		[[ -n ${packages[$group]-} ]] || die "no group of packages is called '$group' (there are: ${!packages[*]})"
		xargs -n 1 <<<"${packages[$group]}"
	done | sort -u
}

# missing NAME...: those that are not installed.
missing() {
	comm -23 <(printf '%s\n' "$@" | sort) \
		<(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

as_root() {
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root is needed; run as root: apt-get install --no-install-recommends ${absent[*]}"
	fi
}

install() {
	local absent begin=$SECONDS
	mapfile -t absent < <(missing "$@")
	((${#absent[@]} > 0)) || return 0
	command -v apt-get >/dev/null || die "this is not Debian: apt-get is missing; install the like of: ${absent[*]}"
	printf '%s: installing %d packages (expect up to 3 minutes): %s\n' "$me" "${#absent[@]}" "${absent[*]}" >&2
	as_root apt-get update --quiet=2 >/dev/null
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${absent[@]}" >/dev/null </dev/null ||
		die "apt-get could not install: ${absent[*]}"
	printf '%s: took %d s\n' "$me" "$((SECONDS - begin))" >&2
}

main() {
	local print=false list
	case ${1-} in
	--help | -h)
		usage
		return
		;;
	--print)
		print=true
		shift
		;;
	esac
	(($# > 0)) || {
		usage >&2
		exit 2
	}
	list=$(names_of "$@")
	if $print; then
		printf '%s\n' "$list"
	else
		# shellcheck disable=SC2086 # names of packages, one word each
		install $list
	fi
}

main "$@"
