#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Makes the root file system in which the project is compiled and which the VM runs on, and prints its path.
#
#: usage: rootfs.sh [RELEASE]
#:
#: Makes a Debian RELEASE (default: trixie) with the packages of tests/install-packages.sh, by mmdebstrap.
#: The result is cached; its path is printed on stdout. Nothing writes to it afterwards.
#:
#: GST_HEAPS_CACHE  where the cache lies (default: ~/.cache/gst-heaps)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

package_names() { "$source_dir/tests/install-packages.sh" --print build test guest; }

# What the entry is made from besides its packages: the text of the functions that make it.
recipe() { declare -f bootstrap scan_plugins; }

bootstrap() {
	local options=(--variant=minbase --components=main
		--dpkgopt=path-exclude=/usr/share/man/'*' --dpkgopt=path-exclude=/usr/share/doc/'*'
		--dpkgopt=path-exclude=/usr/share/locale/'*' --dpkgopt=path-exclude=/usr/share/info/'*')
	# A mirror may lag behind by more than an unreleased suite's Release file is valid for.
	[[ $release == trixie ]] || options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	TMPDIR=$entry_tmp mmdebstrap "${options[@]}" --include="$(package_names | paste -sd,)" "$release" "$entry_tmp/done"
	mkdir -p "$entry_tmp/done/src" "$entry_tmp/done/build" "$entry_tmp/done/share"
	chmod 755 "$entry_tmp/done"
}

# The VM takes ten seconds for a scan that takes none here.
scan_plugins() { "$vm_dir/chroot.sh" --root "$entry_tmp/done" --writable env -u GST_REGISTRY gst-inspect-1.0 --version; }

build() {
	need mmdebstrap
	need_root 'mmdebstrap and chroot'
	begin_entry root "$release"
	step '1 to 4 minutes' "making a Debian $release" bootstrap
	step '5 s' 'scanning its GStreamer plugins' scan_plugins
	publish root "$release" "$key" "$entry_tmp/done"
}

main() {
	local release=${1:-trixie} key
	key=$({ package_names && recipe; } | hash_of)
	lock "root-$release"
	use_entry root "$release" "$key" || {
		build
		use_entry root "$release" "$key"
	}
}

case ${1-} in
--help | -h) usage ;;
-*)
	usage >&2
	exit 2
	;;
*) main "$@" ;;
esac
