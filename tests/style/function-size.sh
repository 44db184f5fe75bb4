#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
# Checks with clang-tidy that no function is longer than 60 lines.
#: usage: function-size.sh SOURCE-DIR BUILD-DIR
set -euo pipefail
cd "$1"
checks='{Checks: "-*,readability-function-size", WarningsAsErrors: "*",
	CheckOptions: [{key: readability-function-size.LineThreshold, value: "60"},
		{key: readability-function-size.StatementThreshold, value: "1000"}]}'
git ls-files -z -- 'heaps/*.c' 'gst/*.c' 'examples/*.c' |
	xargs -0 -n 8 -P "$(nproc)" clang-tidy --quiet -p "$2" --config="$checks"
