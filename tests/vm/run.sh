#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Boots the VM with real heaps, runs a command in it, and hands back its output and exit status.
#
#: usage: run.sh [OPTION...] [--] [COMMAND...]
#:
#: Runs COMMAND (default: the suite of device tests that is for the kernel) in a Debian root file system, under QEMU.
#: This clone is at /src, compiled at /build, and its plugin, library and tool are found without more.
#: Kernel, root file system and build are made first where they are not in the cache.
#:
#:   --release RELEASE  Debian release of the root file system (default: trixie)
#:   --kernel KIND      own (default): ours, with every heap and driver of a test; older: the same of Linux 6.12, with one
#:                      name for the CMA heap; stock: the one that Debian installs, with the system heap and udmabuf alone
#:   --append ARGS      more kernel arguments; one of the same name replaces a default:
#:                      cma=128M hugepages=64 vivid.n_devs=3 vivid.allocators=0,1,1 vivid.multiplanar=1,1,2
#:                      (stock: none)
#:   --dtb FILE.dts     device tree with reserved-memory nodes: several heaps
#:   --memory MIB       memory of the VM (default: 2048)
#:   --processors N     its processors (default: 2)
#:   --timeout SECONDS  end the VM after this long (default: 1200)
#:   --accel ACCEL      accelerator of QEMU, kvm for example (default: tcg,thread=multi, which works anywhere)
#:   --logs DIR         leave the logs of the VM and of meson in DIR
#:   --no-build         do not compile; /build is what was compiled last, or empty
#:
#: The exit status is that of COMMAND; 124 when it ran out of time, 125 when the VM never reported one.
#:
#: GST_HEAPS_CACHE  where the cache lies (default: ~/.cache/gst-heaps)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

default_append='cma=128M hugepages=64 vivid.n_devs=3 vivid.allocators=0,1,1 vivid.multiplanar=1,1,2'
run_suite=(meson test -C /build --no-rebuild --print-errorlogs --timeout-multiplier 10 --num-processes 1 --suite)
work='' qemu='' # what clean_up has to end

# merge_arguments DEFAULTS MORE: both, without those defaults that MORE sets too.
merge_arguments() {
	local argument
	for argument in $1; do
		[[ " $2" == *" ${argument%%=*}="* ]] || printf '%s ' "$argument"
	done
	printf '%s' "$2"
}

make_initrd() {
	local tree=$work/initrd
	mkdir -p "$tree"/{bin,dev,lower,proc,root,rw,sys}
	cp "$root/bin/busybox" "$tree/bin/"
	cp "$vm_dir/init" "$tree/init"
	[[ ! -d ${kernel%/*}/modules ]] || cp -r "${kernel%/*}/modules" "$tree/"
	(cd "$tree" && find . | cpio --quiet --create --format=newc --owner=0:0) | gzip -1 >"$work/initrd.gz"
}

# Where the last region of a compiled device tree ends, in bytes.
end_of_regions() {
	local node cells end=0
	for node in $(fdtget -l "$1" /reserved-memory); do
		read -ra cells <<<"$(fdtget -t x "$1" "/reserved-memory/$node" reg 2>/dev/null)"
		((${#cells[@]} == 4)) || continue
		if ((0x${cells[1]} + 0x${cells[3]} > end)); then
			end=$((0x${cells[1]} + 0x${cells[3]}))
		fi
	done
	printf '%d\n' "$end"
}

# Linux on x86 initialises reserved-memory nodes but does not reserve them. It does reserve the whole file that QEMU hands
# over as device tree, and that lies in front of the regions: so the file is made long enough to cover them.
make_dtb() {
	local end
	need dtc fdtget
	dtc -q -I dts -O dtb -o "$work/dtb" "$1" || die "cannot compile $1"
	end=$(end_of_regions "$work/dtb")
	((end > 0)) || die "$1 has no node with reg = <0 ADDRESS 0 SIZE> below /reserved-memory"
	truncate -s $((end + 16 * 1024 * 1024)) "$work/dtb"
	qemu_options+=(-dtb "$work/dtb")
	# A default region of the tree and one of the command line exclude each other.
	if grep -q 'linux,cma-default' "$1"; then
		default_append=${default_append/cma=128M /}
	fi
}

# The command as a script: the guest's shell sets up the environment as chroot.sh does.
write_command() {
	{
		printf 'cd /build\nexec env -i'
		printf ' %q' "${guest_environment[@]}" "$@"
		printf '\n'
	} >"$work/share/command"
}

# A copy, so that compiling may go on while the VM runs, and so that VMs do not share log files.
copy_build() {
	local from=$1
	mkdir -p "$work/build"
	if [[ ! -d $from ]]; then
		cp "$root/root/.cache/gstreamer-1.0"/registry.*.bin "$work/build/registry.bin"
		return
	fi
	lock_shared "build-$(basename "$from")"
	cp -a --reflink=auto "$from/." "$work/build/"
	unlock
}

share() { qemu_options+=(-fsdev "local,id=$1,path=$2,security_model=none,multidevs=remap$3" -device "virtio-9p-pci,fsdev=$1,mount_tag=$1"); }

start_qemu() {
	share root "$root" ,readonly=on
	share source "$source_dir" ,readonly=on
	share build "$work/build" ''
	share share "$work/share" ''
	timeout --kill-after=5 "$timeout" qemu-system-x86_64 -machine q35 -accel "$accel" -cpu max -smp "$processors" -m "$memory" \
		-nodefaults -no-user-config -display none -no-reboot -serial "file:$work/serial" -device virtio-rng-pci \
		-kernel "$kernel" -initrd "$work/initrd.gz" \
		-append "console=ttyS0 quiet panic=-1 $(merge_arguments "$default_append" "$append")" \
		"${qemu_options[@]}" </dev/null &
	qemu=$!
}

# Passes the guest's output on as it comes.
follow() {
	: >"$work/share/stdout"
	: >"$work/share/stderr"
	tail -q -c +1 -s 0.1 -f --pid="$qemu" "$work/share/stderr" >&2 &
	followers=$!
	tail -q -c +1 -s 0.1 -f --pid="$qemu" "$work/share/stdout"
	wait "$followers"
}

keep_logs() {
	mkdir -p "$1"
	cp "$work/serial" "$1/serial.txt"
	for log in stdout stderr dmesg times; do
		[[ ! -e $work/share/$log ]] || cp "$work/share/$log" "$1/$log.txt"
	done
	[[ ! -d $work/build/meson-logs ]] || cp -r "$work/build/meson-logs" "$1/"
}

# Hands back the status that the guest left, or says why there is none.
report() {
	local qemu_status=$1
	if [[ -e $work/share/status ]]; then
		if grep -qE 'BUG:|WARNING:|Oops|KASAN' "$work/share/dmesg"; then
			say "note: the guest's kernel complained:"
			grep -E 'BUG:|WARNING:|Oops|KASAN' "$work/share/dmesg" >&2
		fi
		return "$(<"$work/share/status")"
	fi
	say "the end of the guest's serial log:"
	tail -n 40 "$work/serial" >&2 || true
	if ((qemu_status == 124 || qemu_status == 137)); then
		say "error: the VM was ended after $timeout s, before the command had"
		return 124
	fi
	say "error: the VM ended (qemu: $qemu_status) without the command's exit status: did its kernel panic?"
	return 125
}

clean_up() {
	[[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true
	rm -rf "$work"
}

# What runs left that were killed outright; each is named after its process.
sweep() {
	local old
	for old in "$cache_dir"/run/*; do
		[[ -d /proc/${old##*/} ]] || rm -rf "$old"
	done
}

# Sets kernel, root and the directory with the build.
prepare() {
	need qemu-system-x86_64 cpio
	need_root 'the files of the root file system are root'\''s'
	kernel=$("$vm_dir/kernel.sh" "$kind")
	root=$("$vm_dir/rootfs.sh" "$release")
	if $compile; then
		"$vm_dir/build.sh" "$release" >/dev/null
	fi
	sweep
	work=$cache_dir/run/$$
	trap clean_up EXIT
	mkdir -p "$work/share"
}

boot() {
	local status=0 begin=$SECONDS
	write_command "$@"
	copy_build "$(build_dir_of "$release")"
	make_initrd
	[[ -z $dts ]] || make_dtb "$dts"
	start_qemu
	follow
	wait "$qemu" || status=$?
	qemu=
	[[ -z $logs ]] || keep_logs "$logs"
	report "$status" || status=$?
	say "the VM ran for $((SECONDS - begin)) s"
	return "$status"
}

main() {
	local release=trixie kind=own suite=device append='' dts='' memory=2048 processors=2 timeout=1200 accel=tcg,thread=multi logs='' compile=true
	local kernel root qemu_options=()
	while (($# > 0)); do
		case $1 in
		--release) release=$2 && shift 2 ;;
		--kernel) kind=$2 && shift 2 ;;
		--append) append+=" $2" && shift 2 ;;
		--dtb) dts=$2 && shift 2 ;;
		--memory) memory=$2 && shift 2 ;;
		--processors) processors=$2 && shift 2 ;;
		--timeout) timeout=$2 && shift 2 ;;
		--accel) accel=$2 && shift 2 ;;
		--logs) logs=$2 && shift 2 ;;
		--no-build) compile=false && shift ;;
		--help | -h) usage && return ;;
		--) shift && break ;;
		-*) usage >&2 && exit 2 ;;
		*) break ;;
		esac
	done
	if [[ $kind == stock ]]; then
		default_append='' suite=device-stock
	fi
	(($# > 0)) || set -- "${run_suite[@]}" "$suite"
	prepare
	boot "$@"
}

main "$@"
