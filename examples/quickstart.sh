#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# The first command: from a fresh Debian to a pipeline whose frames lie in a heap.
#
#: usage: quickstart.sh [--build DIR] [PROPERTY=VALUE...]
#:
#: Installs what is missing (by apt-get), builds, lists the heaps of this machine, runs 300 frames of 1080p through
#: the element heapupload and says which heap held them, how many there were, and how many bytes were copied.
#: Nothing is installed of gst-heaps itself. Can be run again: what is done is not done twice.
#:
#:   --build DIR     build directory (default: build in this clone)
#:   PROPERTY=VALUE  for heapupload, for example: heap-require=contiguous
set -euo pipefail

# Debian's meson and python, whatever else this machine has.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
me=${0##*/}
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source=(videotestsrc num-buffers=300 ! 'video/x-raw,format=NV12,width=1920,height=1080')

usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

say() { printf '%s: %s\n' "$me" "$*" >&2; }

die() {
	say "error: $*"
	exit 1
}

compile() {
	local build=$1 log
	log=$(mktemp)
	if [[ ! -e $build/build.ninja ]]; then
		say "configuring $build"
		meson setup "$build" "$source_dir" >"$log" || {
			cat "$log" >&2
			die 'meson setup failed; its output is above'
		}
	fi
	say 'building (expect up to a minute the first time)'
	ninja -C "$build" >"$log" || {
		cat "$log" >&2
		die 'the build failed; its output is above'
	}
	rm -f "$log"
}

# run_pipeline BUILD PROPERTY=VALUE...: the last line says where the frames were.
run_pipeline() {
	local build=$1 pipeline
	shift
	pipeline=("${source[@]}" ! heapupload "$@" ! fakevideosink)
	say "running 10 seconds of video: ${pipeline[*]}"
	GST_PLUGIN_PATH=$build/gst/elements GST_REGISTRY=$build/quickstart-registry.bin \
		"$build/examples/run-pipeline" "${pipeline[@]}"
}

main() {
	local build=$source_dir/build properties=()
	while (($# > 0)); do
		case $1 in
		--help | -h) usage && return ;;
		--build)
			[[ -n ${2-} ]] || die '--build needs a directory'
			build=$(realpath -m "$2") && shift 2
			;;
		*=*) properties+=("$1") && shift ;;
		*) usage >&2 && exit 2 ;;
		esac
	done
	"$source_dir/tests/install-packages.sh" build
	compile "$build"
	say 'the heaps of this machine:'
	"$build/gst/tools/gst-heaps-1.0" list
	run_pipeline "$build" "${properties[@]}"
}

main "$@"
