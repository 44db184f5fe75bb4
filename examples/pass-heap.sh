#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# A supervisor: opens a heap, gives up its rights, and runs a program that is handed the heap and may open none.
#
#: usage: pass-heap.sh [--user USER] HEAP COMMAND...
#:
#: As root, opens HEAP, a name in /dev/dma_heap or a path, and runs COMMAND as USER (default: nobody), in no group but
#: the user's own, with the heap as file descriptor 3:
#:
#:   pass-heap.sh system gst-launch-1.0 videotestsrc num-buffers=30 ! heapupload heap-fd=3 ! fakevideosink
#:   pass-heap.sh linux,cma env GST_HEAPS=heap-fd=3 ./my-program
set -euo pipefail

me=${0##*/}

usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

die() {
	printf '%s: error: %s\n' "$me" "$*" >&2
	exit 2
}

main() {
	local user=nobody heap group
	case ${1-} in
	--help | -h) usage && return ;;
	--user)
		(($# > 1)) || die '--user needs the name of a user'
		user=$2
		shift 2
		;;
	esac
	(($# > 1)) || { usage >&2 && exit 2; }
	heap=$1
	shift
	[[ $heap == */* ]] || heap=/dev/dma_heap/$heap
	((EUID == 0)) || die 'only root can open a heap and become another user'
	group=$(id -g "$user") || die "there is no user '$user'"
	# To read is all it takes. bash leaves the file open across exec.
	exec 3<"$heap" || die "cannot open $heap"
	exec setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs -- "$@"
}

main "$@"
