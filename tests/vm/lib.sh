# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Shared by the scripts of the VM: messages, timed steps, and a cache whose entries appear only when complete.
# shellcheck shell=bash

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who source this file
source_dir=$(cd "$vm_dir/../.." && pwd)
cache_dir=${GST_HEAPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-heaps}
me=${0##*/}

say() { printf '%s: %s\n' "$me" "$*" >&2; }

die() {
	say "error: $*"
	exit 1
}

# usage: prints the comment lines that start with "#:" in the running script.
usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

# step EXPECTED WHAT COMMAND...: runs COMMAND with its output in $step_log, and says how long it took.
step() {
	local expected=$1 what=$2 begin=$SECONDS status
	shift 2
	say "$what (expect $expected)"
	set +e # in a condition, -e would be off inside COMMAND too
	(
		set -e
		"$@"
	) >>"$step_log" 2>&1 </dev/null
	status=$?
	set -e
	if ((status)); then
		tail -n 40 "$step_log" >&2
		die "$what failed after $((SECONDS - begin)) s; the end of its log is above"
	fi
	say "$what: took $((SECONDS - begin)) s"
}

# hash_of: a short key of what is on stdin.
hash_of() { sha256sum | cut -c1-16; }

# lock NAME: one process at a time makes what NAME stands for; held until this process ends.
lock() {
	mkdir -p "$cache_dir"
	exec {lock_fd}>"$cache_dir/$1.lock"
	flock --nonblock "$lock_fd" && return
	say "waiting for another process that makes $1"
	flock "$lock_fd"
}

# lock_shared NAME ... unlock: nobody makes it meanwhile.
lock_shared() {
	exec {lock_fd}>>"$cache_dir/$1.lock"
	flock --shared "$lock_fd"
}
unlock() { exec {lock_fd}>&-; }

# begin_entry KIND PREFIX: makes an empty work directory $entry_tmp, which goes away if this process does not publish it.
begin_entry() {
	mkdir -p "$cache_dir/$1"
	rm -rf "$cache_dir/$1/$2".*.tmp
	entry_tmp=$(mktemp -d "$cache_dir/$1/$2.XXXXXX.tmp")
	step_log=$entry_tmp/log
	trap 'rm -rf "$entry_tmp"' EXIT
}

# use_entry KIND PREFIX KEY: prints the path of an entry, if it is there, and marks it as in use.
use_entry() {
	local entry=$cache_dir/$1/$2-$3
	[[ -d $entry ]] || return 1
	touch "$entry.used"
	printf '%s\n' "$entry"
}

# publish KIND PREFIX KEY PATH: PATH becomes the entry KIND/PREFIX-KEY. Entries of the same prefix go if unused for a
# day: other clones may need other keys, and a VM may be running on one.
publish() {
	local entry=$cache_dir/$1/$2-$3 mark
	rm -rf "$entry"
	mv -T "$4" "$entry"
	touch "$entry.used"
	while read -r mark; do
		rm -rf "${mark%.used}" "$mark"
	done < <(find "$cache_dir/$1" -maxdepth 1 -name "$2-*.used" -mmin +1440)
	rm -rf "$entry_tmp"
}

# need COMMAND...: each is installed.
need() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || die "$tool is missing; run: tests/install-packages.sh vm"
	done
}

# need_root WHY
need_root() { ((EUID == 0)) || die "only root can do this ($1); run it with sudo"; }

# build_dir_of RELEASE: where this clone is compiled for it.
build_dir_of() { printf '%s\n' "$cache_dir/build/$1-$(printf '%s' "$source_dir" | hash_of)"; }

# The environment of commands in a root file system, in a chroot and in the VM alike: the plugin, library and tool of
# /build work as if installed.
# shellcheck disable=SC2034
guest_environment=(
	HOME=/root
	CCACHE_DIR=/tmp/ccache
	GST_REGISTRY=/build/registry.bin
	PATH=/build/gst/tools:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin
	LANG=C.UTF-8
	TERM=dumb
	XDG_RUNTIME_DIR=/run
	LD_LIBRARY_PATH=/build/gst/heaps
	GI_TYPELIB_PATH=/build/gst/heaps
	GST_PLUGIN_PATH=/build/gst/elements
	PYTHONDONTWRITEBYTECODE=1
)
