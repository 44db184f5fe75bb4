#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Measures which importers take whose memory, in the VM, and writes the tables of docs/importers.md.

usage: update-importers.py [RELEASE...]

RELEASE: releases of Debian, each with a GStreamer of its own (default: trixie forky)."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "importers.md"
MACHINES = [[], ["--dtb", str(ROOT / "tests" / "vm" / "several-heaps.dts")]]
MARK = re.compile(r"<!-- begin: (.*) -->\n.*<!-- end: \1 -->\n", re.S)


def measure(release, machine):
    """The table, with its marks."""
    command = [ROOT / "tests" / "vm" / "run.sh", "--release", release, *machine, "--",
               "/build/tests/device/device-importers", "--print"]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    table = MARK.search(printed.stdout)
    if printed.returncode != 0 or not table:
        sys.exit(f"{release}: what was measured is not what tests/device/importer-list.c expects; see above")
    return table


def write(table):
    """Puts it in place of the one of the same name, or at the end."""
    text = DOCUMENT.read_text()
    name = re.escape(table.group(1))
    old = re.compile(rf"<!-- begin: {name} -->\n.*<!-- end: {name} -->\n", re.S)
    if old.search(text):
        text = old.sub(lambda _: table.group(), text)
    else:
        text += f"\n## {table.group(1)}\n\n{table.group()}"
    DOCUMENT.write_text(text)


def main():
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(__doc__)
        return
    for release in sys.argv[1:] or ["trixie", "forky"]:
        for machine in MACHINES:
            write(measure(release, machine))


main()
