#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Checks that every C file is as clang-format would write it.
#: usage: format.sh SOURCE-DIR [--fix]
set -euo pipefail
cd "$1"
mode=(--dry-run -Werror)
[[ ${2:-} != --fix ]] || mode=(-i)
git ls-files -z -- '*.c' '*.h' | xargs -0 clang-format "${mode[@]}"
