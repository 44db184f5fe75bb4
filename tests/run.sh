#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Installs what is needed, builds, and runs every tier of the tests.
#
#: usage: run.sh [--quick | --full] [--build DIR]
#:
#: On a Debian 12: installs packages by apt-get, builds and tests on this machine: plainly, with GStreamer's leaks
#: tracer, under ASan and UBSan, the core and the tracer under TSan; then builds a kernel, a Debian 13 and a Debian forky, tests
#: there, and runs the device suites on real heaps in VMs.
#: The first run takes up to half an hour, most of it for the kernel; later runs take it from a cache.
#:
#:   --quick      this machine only, no VM
#:   --full       all of the above, and the device suites on Linux 6.12 too: ten minutes more the first time
#:   --build DIR  build directory (default: build in this clone); DIR-sanitize and DIR-threads are others
#:
#: The last line is "N passed, N failed, N skipped". Exit status: 0 when nothing failed.
#:
#: CI=true          warnings of the compiler are errors
#: GST_HEAPS_CACHE  where kernel, root file system and their build lie (default: ~/.cache/gst-heaps)
set -euo pipefail

# Debian's meson and python, whatever else this machine has.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
vm_dir=$source_dir/tests/vm
export GST_HEAPS_CACHE=${GST_HEAPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gst-heaps}
releases=(trixie forky) # with GStreamer 1.26 and 1.28
# A test's time limit is for an idle machine; here a kernel may be compiled beside it, or a sanitizer slow it down.
patience=5
export CK_TIMEOUT_MULTIPLIER=$patience
# What another clone compiled need not be compiled again.
export CCACHE_DIR=$GST_HEAPS_CACHE/ccache-here CCACHE_BASEDIR=$source_dir CCACHE_NOHASHDIR=yes
vm_making='' # process group that makes kernel and root
vms=() # process groups of VMs that run side by side
runs=() # NAME=LOG of each run, for results.py
broken=false

usage() { sed -n 's/^#: \{0,1\}//p' "$0"; }

title() { printf '\n== %s (%d s)\n' "$*" "$SECONDS" >&2; }

# attempt COMMAND...: goes on after a failure, which the exit status remembers.
attempt() {
	if ! "$@"; then
		printf 'run.sh: error: failed: %s\n' "$*" >&2
		broken=true
	fi
}

as_root() {
	if ((EUID == 0)); then
		"$@"
	elif ! command -v sudo >/dev/null; then
		printf 'run.sh: error: the VM needs root, and there is no sudo: run this as root, or with --quick\n' >&2
		return 1
	else
		sudo --preserve-env=GST_HEAPS_CACHE,GST_HEAPS_MESON_OPTIONS,CI "$@"
	fi
}

# configure DIR MESON-OPTION...
configure() {
	local dir=$1
	shift
	[[ -e $dir/build.ninja ]] || meson setup "$@" "${strict[@]}" "$dir" "$source_dir" >&2
}

# compile DIR MESON-OPTION...
compile() {
	configure "$@"
	ninja -C "$1" >&2
}

# run_suites NAME DIR SETUP SUITE...: compiles what the suites need, if that was not done. A run that cannot even start leaves
# no log, which results.py takes for a failure.
run_suites() {
	local name=$1 dir=$2 setup=$3 log suites=() suite
	shift 3
	for suite in "$@"; do
		suites+=(--suite "$suite")
	done
	log=$dir/meson-logs/testlog${setup:+-$setup}.json
	runs+=("$name=$log")
	rm -f "$log"
	attempt meson test -C "$dir" --print-errorlogs --timeout-multiplier "$patience" ${setup:+--setup "$setup"} "${suites[@]}" >&2
}

test_here() {
	title 'this machine'
	attempt compile "$build"
	run_suites here "$build" '' heaps gst style
	title "this machine, GStreamer's leaks tracer"
	run_suites leaks "$build" leaks gst
	title 'this machine, ASan and UBSan'
	attempt compile "$build-sanitize" -Db_sanitize=address,undefined -Db_lundef=false -Dintrospection=disabled
	run_suites sanitizers "$build-sanitize" '' heaps gst
	title 'this machine, TSan'
	attempt configure "$build-threads" -Db_sanitize=thread -Db_lundef=false -Dintrospection=disabled
	run_suites threads "$build-threads" '' heaps threads
}

# A kernel takes ten minutes from nothing: it is compiled beside the rest.
start_vm_making() {
	title 'making the VM, in the background'
	as_root true || exit # asks for a password here, if at all
	set -m               # a process group of its own, to be ended as a whole
	{
		for kind in "${kernels[@]}"; do
			as_root "$vm_dir/kernel.sh" "$kind" >/dev/null
		done &
		for release in "${releases[@]}"; do
			as_root "$vm_dir/rootfs.sh" "$release" >/dev/null
		done
		wait
	} </dev/null &
	vm_making=$!
	set +m
	trap 'kill -- -"$vm_making" 2>/dev/null || true' EXIT
}

# test_in_root RELEASE
test_in_root() {
	local name="Debian $1" kept=$logs/$1 dir
	title "$name, in a chroot"
	as_root rm -rf "$kept"
	mkdir -p "$kept"
	runs+=("$name=$kept/testlog.json")
	dir=$(as_root "$vm_dir/build.sh" "$1") || return
	as_root rm -f "$dir/meson-logs/testlog.json"
	attempt as_root "$vm_dir/chroot.sh" --release "$1" --build "$dir" \
		env CK_TIMEOUT_MULTIPLIER="$patience" meson test -C /build --no-rebuild --print-errorlogs \
		--timeout-multiplier "$patience" --suite heaps --suite gst >&2
	cp "$dir/meson-logs/testlog.json" "$kept/"
}

# logs_of NAME: where those of a run in the VM go.
logs_of() { printf '%s\n' "$logs/${1// /-}"; }

# test_in_vm NAME SUITE ARGUMENT-OF-VM/RUN.SH...: a suite on the machine that it is for, which the arguments describe.
test_in_vm() {
	local name=$1 suite=$2 kept
	shift 2
	title "$name"
	kept=$(logs_of "$name")
	as_root rm -rf "$kept"
	runs+=("$name=$kept/meson-logs/testlog.json")
	as_root "$vm_dir/run.sh" --logs "$kept" "$@" -- meson test -C /build --no-rebuild --print-errorlogs \
		--timeout-multiplier 10 --num-processes 1 --suite "$suite" >&2
}

# test_in_vms NAME SUITE ARGUMENT-OF-VM/RUN.SH...: test_in_vm for each release, all at a time. Under emulation two machines
# of one processor get done twice what one of two does.
test_in_vms() {
	local what=$1 suite=$2 name release pid
	shift 2
	vms=()
	trap 'kill -- "${vms[@]/#/-}" 2>/dev/null || true' EXIT
	set -m # process groups of their own, to be ended as a whole
	for release in "${releases[@]}"; do
		name="$what, Debian $release"
		runs+=("$name=$(logs_of "$name")/meson-logs/testlog.json")
		{ test_in_vm "$name" "$suite" --release "$release" --processors 1 "$@" 2>&1 | sed -u "s/^/$release: /" >&2; } </dev/null &
		vms+=($!)
	done
	set +m
	for pid in "${vms[@]}"; do
		wait "$pid" || broken=true
	done
	trap - EXIT
}

test_vm_tier() {
	local release
	for release in "${releases[@]}"; do
		attempt test_in_root "$release"
	done
	wait "$vm_making" || true # if it failed, what needs it says so
	trap - EXIT
	test_in_vms devices device
	test_in_vms importers device-importers
	test_in_vms regions device-regions --dtb "$vm_dir/several-heaps.dts"
	attempt test_in_vm 'VM of 16 MiB' device-small --append cma=16M
	attempt test_in_vm "VM with Debian's own kernel" device-stock --kernel stock
	if [[ ${kernels[*]} == *older* ]]; then
		attempt test_in_vm 'VM with Linux 6.12' device --kernel older
		attempt test_in_vm 'VM of 16 MiB with Linux 6.12' device-small --kernel older --append cma=16M
	fi
}

main() {
	local quick=false kernels=(own) build=$source_dir/build strict=() logs
	while (($# > 0)); do
		case $1 in
		--quick) quick=true && shift ;;
		--full) kernels=(own older) && shift ;;
		--build) build=$(realpath -m "$2") && shift 2 ;;
		--help | -h) usage && return ;;
		*) usage >&2 && exit 2 ;;
		esac
	done
	logs=$build/logs
	if [[ ${CI-} == true ]]; then
		strict=(-Dwerror=true)
		export GST_HEAPS_MESON_OPTIONS=-Dwerror=true
	fi
	if $quick; then
		"$source_dir/tests/install-packages.sh" build test style
	else
		"$source_dir/tests/install-packages.sh" build test style vm
		start_vm_making
	fi
	test_here
	$quick || test_vm_tier
	title 'results'
	"$source_dir/tests/results.py" "${runs[@]}" || broken=true
	! $broken
}

main "$@"
