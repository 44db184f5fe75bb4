#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Runs a command in a root file system of the VM by chroot, at native speed; its mounts end with it.
#
#: usage: chroot.sh [--release RELEASE | --root DIR] [--build DIR] [--writable] [--] COMMAND...
#:
#: Runs COMMAND in Debian RELEASE (default: trixie) with this clone at /src, read-only.
#:
#:   --build DIR  DIR becomes /build, writable (build.sh prints the one it compiled in)
#:   --root DIR   another root file system than the one rootfs.sh makes
#:   --writable   the command may write to the root file system itself
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Runs in a mount namespace of its own.
enter() {
	mount --bind "$root" "$root"
	mount --bind "$source_dir" "$root/src"
	mount -o remount,bind,ro "$root/src"
	if [[ -n $build_dir ]]; then
		mount --bind "$build_dir" "$root/build"
	fi
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs -o mode=1777 tmp "$root/tmp"
	mkdir -p "$cache_dir/ccache" "$root/tmp/ccache"
	mount --bind "$cache_dir/ccache" "$root/tmp/ccache"
	mount -t tmpfs -o mode=755 run "$root/run"
	$writable || mount -o remount,bind,ro "$root"
	exec chroot "$root" /usr/bin/env -i "${guest_environment[@]}" "$@"
}

main() {
	local release=trixie root='' build_dir='' writable=false
	while (($# > 0)); do
		case $1 in
		--release) release=$2 && shift 2 ;;
		--root) root=$2 && shift 2 ;;
		--build) build_dir=$2 && shift 2 ;;
		--writable) writable=true && shift ;;
		--help | -h) usage && return ;;
		--) shift && break ;;
		-*) usage >&2 && exit 2 ;;
		*) break ;;
		esac
	done
	(($# > 0)) || { usage >&2 && exit 2; }
	need_root 'mount and chroot'
	[[ -n $root ]] || root=$("$vm_dir/rootfs.sh" "$release")
	enter "$@"
}

# Once more, in a mount namespace that takes every mount with it when the last process of the command ends.
if [[ ${GST_HEAPS_UNSHARED-} != yes && $EUID == 0 ]]; then
	GST_HEAPS_UNSHARED=yes exec unshare --mount --propagation private "$0" "$@"
fi
unset GST_HEAPS_UNSHARED
main "$@"
