#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Builds the kernel of the test VM from Debian's source package and prints the path of its bzImage.
#
#: usage: kernel.sh
#:
#: Builds tests/vm/kernel.config on the newest linux-source package of trixie and trixie-backports.
#: The result is cached; the path of bzImage is printed on stdout.
#:
#: GST_HEAPS_CACHE  where the cache lies (default: ~/.cache/gst-heaps)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

config=$vm_dir/kernel.config
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

newest_package() {
	apt-cache "${apt_options[@]}" pkgnames linux-source- | grep -E '^linux-source-[0-9]+\.[0-9]+$' | sort -V | tail -n 1
}

candidate_version() { apt-cache "${apt_options[@]}" policy "$1" | sed -n 's/^  Candidate: //p'; }

fetch_source() {
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
		if grep -E '^# absent-ok:' "$config" | grep -qw "${line%%=*}"; then
			say "this kernel has no ${line%%=*}"
		else
			die "$package $version did not keep the line of $config: $line"
		fi
	done
}

compile() { nice make -C "$entry_tmp/tree" -j"$(nproc)" bzImage; }

build() {
	need make gcc flex bison bc xz dpkg-deb
	begin_entry kernel x86
	step '10 s' "fetching $package $version" fetch_source
	step '20 s' 'unpacking it' unpack_source
	step '10 s' 'configuring it' configure
	check_config
	step '10 to 15 minutes' "compiling Linux ($(nproc) jobs)" compile
	mkdir "$entry_tmp/done"
	cp "$entry_tmp/tree/arch/x86/boot/bzImage" "$entry_tmp/tree/.config" "$entry_tmp/done/"
	printf '%s %s\n' "$package" "$version" >"$entry_tmp/done/source"
	publish kernel x86 "$key" "$entry_tmp/done"
}

# Without a mirror the kernel of this same fragment still serves, whatever its version.
any_of_this_config() { compgen -G "$cache_dir/kernel/x86-$config_key-*/bzImage" | head -n 1; }

main() {
	local config_key package version key found
	config_key=$(grep -v '^# [^C]' "$config" | hash_of)
	lock kernel
	if ! prepare_apt; then
		found=$(any_of_this_config) || die 'no Debian mirror answers, and no kernel is in the cache'
		say 'no Debian mirror answers: taking the cached kernel'
		printf '%s\n' "$found"
		return
	fi
	package=$(newest_package)
	[[ -n $package ]] || die "no linux-source package in $suite"
	version=$(candidate_version "$package")
	key=$config_key-$(printf '%s=%s' "$package" "$version" | hash_of)
	use_entry kernel x86 "$key" >/dev/null || build
	printf '%s/bzImage\n' "$(use_entry kernel x86 "$key")"
}

case ${1-} in
'') main ;;
--help | -h) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
