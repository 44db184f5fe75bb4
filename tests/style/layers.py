#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Checks that each file includes, and calls, only what stands below it (docs/architecture.md), in lines that are short."""
import re
import subprocess
import sys
from pathlib import Path

TOP_LEVEL = {"meson.build", "meson_options.txt", "COPYING", "README.md", "gst", "heaps", "tests", "examples", "docs"}

# A layer, and what its files may include: its own headers, in quotes without a folder, and these.
INCLUDES = {
    "heaps": [],
    "gst/heaps": [r"gst/", r"glib", r"gio/", r"heaps/[a-z-]+\.h$", r"xf86drm(Mode)?\.h$"],
    "gst/tracer": [r"gst/(?!heaps/gst|elements/)", r"glib"],
    "gst/elements": [r"gst/(?!heaps/gst|tracer/)", r"glib", r"gio/", r"gst/tracer/gstheaptracer\.h$"],
    "gst/tools": [r"gst/(?!heaps/gst)", r"glib", r"gio/", r"json-glib/"],
    "examples": [r"gst/(?!heaps/gst)", r"glib"],
}
SYSTEM_HEADER = re.compile(r"(sys/|linux/)?[a-z0-9_-]+\.h$")
# What only heaps/sys.c may say to the system, but for devices that import and the terminal.
MAY_CALL = {
    "heaps/sys.c",
    "gst/elements/gstheapdevice.c",
    "gst/heaps/gstheapdevicelayout.c",
    "gst/heaps/gstheapv4l2.c",
    "gst/tools/probe-v4l2.c",
    "gst/tracer/gstheaptraceterminal.c",
}
SYSTEM_CALL = re.compile(r"(?<![\w.>])(ioctl|mmap|munmap|memfd_create|open|openat|close|fcntl|ftruncate|lseek|fstat|dup)\s*\(")
CONDITIONAL = re.compile(r"\s*#\s*(if|ifdef|ifndef)\b")
# Where versions may differ, and the export macro.
MAY_BE_CONDITIONAL = {"gst/heaps/gstheapcompat.h", "gst/elements/gstheapdrmcompat.h", "gst/elements/gstheapwideload.h",
                      "gst/heaps/heaps-prelude.h"}
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
TABLE = "docs/architecture.md"
MAX_COLUMNS = 120  # clang-format, told so too, leaves comments and strings alone
COPYRIGHT = "Copyright (C) 2026 The gst-heaps authors"


def tracked_files(root):
    listed = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True)
    if listed.returncode == 0:
        return [name for name in listed.stdout.splitlines() if (root / name).exists()]
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git" not in path.parts]


def without_comments(text):
    """The code alone, with its lines kept."""
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), text, flags=re.S)


def layer_of(name):
    return next((layer for layer in sorted(INCLUDES, key=len, reverse=True) if name.startswith(layer + "/")), None)


def check_includes(name, layer, code):
    for number, line in enumerate(code.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)', line)
        if not match:
            continue
        quote, included = match.groups()
        own = quote == '"' and "/" not in included
        public = quote == "<" and included == "gst/heaps/heaps.h"
        if own or public or SYSTEM_HEADER.match(included) and quote == "<":
            continue
        if not any(re.match(pattern, included) for pattern in INCLUDES[layer]):
            yield f"{name}:{number}: {layer}/ may not include {included}"


def check_calls(name, code):
    if name in MAY_CALL:
        return
    for number, line in enumerate(code.splitlines(), 1):
        for call in SYSTEM_CALL.finditer(line):
            yield f"{name}:{number}: {call.group(1)}() is for heaps/sys.c alone"


def check_conditions(name, code):
    if name in MAY_BE_CONDITIONAL:
        return
    for number, line in enumerate(code.splitlines(), 1):
        if CONDITIONAL.match(line):
            yield f"{name}:{number}: conditional code belongs into gst/heaps/gstheapcompat.h or gst/elements/gstheapdrmcompat.h"


def check_head(name, text):
    head = "\n".join(text.splitlines()[:4])
    if SPDX not in head or COPYRIGHT not in head:
        yield f"{name}: begins without SPDX and copyright lines"


def check_columns(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_COLUMNS:
            yield f"{name}:{number}: {len(line)} columns, more than {MAX_COLUMNS}"


def check_table(root, names):
    """The table of files has each source, and no file that is not there."""
    listed = set(re.findall(r"`(?:[\w/-]+/)?([\w-]+\.[ch])`", (root / TABLE).read_text(encoding="utf-8")))
    sources = [name for name in names if name.endswith(".c") and layer_of(name) not in (None, "examples")]
    for name in sources:
        if Path(name).name not in listed:
            yield f"{name}: {TABLE} does not say what it holds"
    for name in sorted(listed - {Path(name).name for name in names}):
        yield f"{TABLE}: there is no {name}"


def check(root):
    names = tracked_files(root)
    yield from check_table(root, names)
    for entry in sorted({name.split("/")[0] for name in names} - TOP_LEVEL):
        if not entry.startswith("."):
            yield f"{entry}: does not belong at the top level"
    for name in names:
        if not name.endswith((".c", ".h", ".py", ".sh", "meson.build")):
            continue
        text = (root / name).read_text(encoding="utf-8")
        yield from check_head(name, text)
        if name.endswith((".c", ".h")):
            yield from check_columns(name, text)
        layer = layer_of(name)
        if layer and name.endswith((".c", ".h")):
            code = without_comments(text)
            yield from check_includes(name, layer, code)
            if layer != "examples":
                yield from check_calls(name, code)
                yield from check_conditions(name, code)


def main():
    problems = list(check(Path(sys.argv[1]).resolve()))
    print("\n".join(problems) or "every file stays in its layer")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
