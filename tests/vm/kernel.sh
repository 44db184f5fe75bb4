#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Makes a kernel for the test VM from Debian's packages and prints the path of its bzImage.
#
#: usage: kernel.sh [own|older|stock]
#:
#:   own    builds tests/vm/kernel.config on the newest linux-source package of trixie and trixie-backports (the default)
#:   older  builds the same on the linux-source package of trixie alone, Linux 6.12
#:   stock  takes the kernel that trixie installs, as it is
#:
#: The result is cached; the path of bzImage is printed on stdout. What the VM's init has to load is beside it, as
#: modules/NN-NAME.ko in the order of NN.
#:
#: GST_HEAPS_CACHE  where the cache lies (default: ~/.cache/gst-heaps)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

config=$vm_dir/kernel.config
stock_modules=(virtio_pci 9pnet_virtio 9p overlay configfs virtio_rng) # those that are not built in
suite=trixie
apt_dir=$cache_dir/apt-$suite
apt_options=(
	-o "Dir::Etc::SourceList=$apt_dir/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o "Dir::State=$apt_dir" -o "Dir::State::Lists=$apt_dir/lists" -o "Dir::State::Status=$apt_dir/status"
	-o "Dir::Cache=$apt_dir" -o Dir::Cache::PkgCache=pkgcache.bin -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
	-o Acquire::Languages=none -o APT::Sandbox::User=root -o APT::Architecture=amd64 -o APT::Architectures=amd64
)

# The mirror this machine's apt takes Debian from. It is unknown until a first apt-get update.
host_mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# An apt state of our own for $suite, refreshed once a day: this machine's sources stay as they are.
prepare_apt() {
	local mirror
	if [[ -n $(find "$apt_dir/stamp" -mmin -1440 2>/dev/null) ]]; then
		return
	fi
	mirror=$(host_mirror)
	if [[ -z $mirror ]]; then
		apt-get update >&2 || true
		mirror=$(host_mirror)
	fi
	[[ -n $mirror ]] || return 1
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/archives/partial"
	touch "$apt_dir/status"
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
		"$mirror" "$suite" "$mirror" "$suite-backports" >"$apt_dir/sources.list"
	apt-get "${apt_options[@]}" --quiet=2 --error-on=any update >&2 && touch "$apt_dir/stamp"
}

newest_source() {
	apt-cache "${apt_options[@]}" pkgnames linux-source- | grep -E '^linux-source-[0-9]+\.[0-9]+$' | sort -V | tail -n 1
}

# What a metapackage stands for. Of backports it takes nothing unless asked to.
package_behind() { apt-cache "${apt_options[@]}" depends "$1" | sed -n "s/^  Depends: \(${1%-amd64}-\)/\1/p"; }

source_of_release() { package_behind linux-source; }

installed_image() { package_behind linux-image-amd64; }

candidate_version() { apt-cache "${apt_options[@]}" policy "$1" | sed -n 's/^  Candidate: //p'; }

fetch_package() {
	cd "$entry_tmp"
	apt-get "${apt_options[@]}" download "$package=$version"
}

unpack_source() {
	cd "$entry_tmp"
	mkdir tree
	dpkg-deb --fsys-tarfile "$package"_*.deb | tar -xO --wildcards './usr/src/*.tar.xz' | tar -xJ --strip-components=1 -C tree
	rm "$package"_*.deb
}

configure() { make -C "$entry_tmp/tree" KCONFIG_ALLCONFIG="$config" allnoconfig; }

# Kconfig leaves out, without a word, what it does not know and what lacks a dependency.
check_config() {
	local line option lost=()
	while read -r line; do
		case $line in
		CONFIG_*) option=${line%%=*} ;;
		'# CONFIG_'*' is not set') option=${line#\# } option=${option%% *} ;;
		*) continue ;;
		esac
		case $line in
		\#*) ! grep -q "^$option=" "$entry_tmp/tree/.config" || lost+=("$line") ;;
		*) grep -qxF "$line" "$entry_tmp/tree/.config" || lost+=("$line") ;;
		esac
	done <"$config"
	for line in "${lost[@]}"; do
		if grep "^# absent-ok in $kind:" "$config" | grep -qw "${line%%=*}"; then
			say "this kernel has no ${line%%=*}"
		else
			die "$package $version did not keep the line of $config: $line"
		fi
	done
}

compile() { nice make -C "$entry_tmp/tree" -j"$(nproc)" bzImage; }

build_from_source() {
	need make gcc flex bison bc xz dpkg-deb
	step '10 s' "fetching $package $version" fetch_package
	step '20 s' 'unpacking it' unpack_source
	step '10 s' 'configuring it' configure
	check_config
	step '10 to 15 minutes' "compiling Linux ($(nproc) jobs)" compile
	mkdir "$entry_tmp/done"
	cp "$entry_tmp/tree/arch/x86/boot/bzImage" "$entry_tmp/tree/.config" "$entry_tmp/done/"
}

unpack_image() {
	cd "$entry_tmp"
	mkdir tree
	dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C tree ./boot ./usr/lib/modules
	rm "$package"_*.deb
}

# add_module NAME: puts it into done/modules, after the modules it needs, which its file names. What is built in has no file.
add_module() {
	local pattern=${1//[-_]/[-_]} file needed
	file=$(find tree -name "$pattern.ko.xz")
	if [[ -z $file ]]; then
		grep -q "/$pattern\.ko$" tree/usr/lib/modules/*/modules.builtin || die "$package has no module $1"
		return
	fi
	[[ ! -e ${file%.xz} ]] || return 0
	xz --decompress --keep "$file"
	for needed in $(tr '\0,' '\n ' <"${file%.xz}" | LC_ALL=C sed -n 's/^depends=//p'); do
		add_module "$needed"
	done
	cp "${file%.xz}" "done/modules/$number-$(basename "$file" .xz)"
	number=$((number + 1))
}

pick_from_image() {
	local number=10 name
	cd "$entry_tmp"
	mkdir -p done/modules
	cp tree/boot/vmlinuz-* done/bzImage
	cp tree/boot/config-* done/.config
	for name in "${stock_modules[@]}"; do
		add_module "$name"
	done
}

build_stock() {
	need xz dpkg-deb
	step '5 s' "fetching $package $version" fetch_package
	step '5 to 20 s' 'unpacking it' unpack_image
	step '1 s' 'picking its modules' pick_from_image
}

build() {
	begin_entry kernel "$prefix"
	"$build_entry"
	printf '%s %s\n' "$package" "$version" >"$entry_tmp/done/source"
	publish kernel "$prefix" "$key" "$entry_tmp/done"
}

# Sets what the kind of kernel is made from.
describe() {
	case $kind in
	own) prefix=x86 find_package=newest_source build_entry=build_from_source ;;
	older) prefix=older find_package=source_of_release build_entry=build_from_source ;;
	stock) prefix=stock find_package=installed_image build_entry=build_stock ;;
	esac
	if [[ $kind == stock ]]; then
		recipe=$({ printf '%s\n' "${stock_modules[@]}" && declare -f add_module pick_from_image; } | hash_of)
	else
		recipe=$(grep -v '^# [^C]' "$config" | hash_of)
	fi
}

# Without a mirror the kernel of this same recipe still serves, whatever its version.
any_of_this_recipe() { compgen -G "$cache_dir/kernel/$prefix-$recipe-*/bzImage" | head -n 1; }

main() {
	local kind=$1 prefix recipe find_package build_entry package version key found answers=true
	describe
	lock "apt-$suite"
	prepare_apt || answers=false
	unlock
	lock "kernel-$prefix" # of its own, so that nobody waits for a kernel that he does not use
	if ! $answers; then
		found=$(any_of_this_recipe) || die 'no Debian mirror answers, and no kernel is in the cache'
		say 'no Debian mirror answers: taking the cached kernel'
		printf '%s\n' "$found"
		return
	fi
	package=$("$find_package")
	[[ -n $package ]] || die "$suite has no package for a kernel of the kind '$kind'"
	version=$(candidate_version "$package")
	key=$recipe-$(printf '%s=%s' "$package" "$version" | hash_of)
	use_entry kernel "$prefix" "$key" >/dev/null || build
	printf '%s/bzImage\n' "$(use_entry kernel "$prefix" "$key")"
}

case ${1-own} in
own | older | stock) main "${1-own}" ;;
--help | -h) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
