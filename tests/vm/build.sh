#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Compiles the project natively in a root file system of the VM and prints the path of the build directory.
#
#: usage: build.sh [RELEASE]
#:
#: Compiles this clone in Debian RELEASE (default: trixie). Repeated, it compiles what has changed.
#: The build directory lies in the cache; its path is printed on stdout.
#:
#: GST_HEAPS_CACHE          where the cache lies (default: ~/.cache/gst-heaps)
#: GST_HEAPS_MESON_OPTIONS  more options for meson setup
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

read -ra meson_options <<<"--buildtype=debugoptimized -Dudev-rules=true -Dudev-heaps=system,process ${GST_HEAPS_MESON_OPTIONS-}"

in_root() { "$vm_dir/chroot.sh" --root "$root" --build "$build_dir" "$@"; }

# Build directories of clones that are gone.
prune() {
	local marker
	for marker in "$cache_dir"/build/*/source-dir; do
		if [[ -e $marker && ! -d $(<"$marker") ]]; then
			rm -rf "${marker%/source-dir}"
		fi
	done
}

# One build directory for each clone and release, begun anew when the root or the options are others.
configure() {
	local made_of="$root ${meson_options[*]}"
	[[ $(cat "$build_dir/made-of" 2>/dev/null) != "$made_of" ]] || return 0
	rm -rf "$build_dir"
	mkdir -p "$build_dir"
	printf '%s\n' "$source_dir" >"$build_dir/source-dir"
	step '15 s' "configuring in $release" in_root meson setup "${meson_options[@]}" /build /src
	printf '%s\n' "$made_of" >"$build_dir/made-of"
}

# Each test has a registry of its own; all begin with the plugins of the system as scanned with the root.
seed_registries() {
	local scanned=("$root/root/.cache/gstreamer-1.0"/registry.*.bin) registry
	while read -r registry; do
		[[ -e $build_dir${registry#/build} ]] || cp "${scanned[0]}" "$build_dir${registry#/build}"
	done < <(echo /build/registry.bin && grep -oE '"GST_REGISTRY": *"/build/[^"]+"' "$build_dir/meson-info/intro-tests.json" |
		cut -d '"' -f 4 | sort -u)
	in_root gst-inspect-1.0 --version
}

main() {
	local release=${1:-trixie} root build_dir
	need_root 'mount and chroot'
	[[ -e $source_dir/meson.build ]] || die "$source_dir has no meson.build"
	root=$("$vm_dir/rootfs.sh" "$release")
	build_dir=$(build_dir_of "$release")
	lock "build-$(basename "$build_dir")"
	prune
	step_log=$(mktemp)
	trap 'rm -f "$step_log"' EXIT
	configure
	step '1 minute from nothing' "compiling in $release" in_root ninja -C /build
	if grep -q 'warning:' "$step_log"; then
		cat "$step_log" >&2
	fi
	step '1 s' 'scanning the plugins' seed_registries
	printf '%s\n' "$build_dir"
}

case ${1-} in
--help | -h) usage ;;
-*)
	usage >&2
	exit 2
	;;
*) main "$@" ;;
esac
