#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Writes a table of docs/pipelines.md from what `copies --print` printed, with each version of GStreamer.

usage: update-pipelines.py [--devices] PRINTED...

PRINTED: what it printed on this machine (1.22), and in the root file systems of trixie (1.26) and forky (1.28); with
--devices what `copies --devices --print` printed in the VM. Columns of versions of which nothing was printed stay as they
are."""
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "pipelines.md"
VERSIONS = ["1.22", "1.26", "1.28"]
HEAD = "| | pipeline | 1.22 | 1.26 | 1.28 | least | |\n|---|---|---|---|---|---|---|\n"


def read_table(text):
    """What the document says now: (group, name) -> the cells of the versions."""
    rows = [line.strip("| \n").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {(row[0], row[1]): row[2:5] for row in rows if len(row) >= 6}


def write_table(printed, old):
    """The rows, in the order in which they were printed, and each pipeline as it is run."""
    cells, facts = dict(old), {}
    for line in printed:
        version, group, name, copied, least, reason, pipeline = line.split("\t")
        facts[group, name] = (least, reason, pipeline)
        cells[group, name] = list(cells.get((group, name), ["-"] * len(VERSIONS)))
        cells[group, name][VERSIONS.index(version)] = copied
    table, texts, above = HEAD, "", None
    for (group, name), (least, reason, pipeline) in facts.items():
        table += f"| {group} | {name} | {' | '.join(cells[group, name])} | {least} | {reason} |\n"
        texts += (f"\n{group}\n\n" if group != above else "") + "".join(
            f"    {part}\n" for part in pipeline.split("\v"))
        above = group
    return f"{table}\nThe same pipelines, as they are run:\n{texts}"


def main():
    names = [name for name in sys.argv[1:] if name != "--devices"]
    if not names or names[0] in ("-h", "--help"):
        print(__doc__)
        return
    which = "devices" if "--devices" in sys.argv else "pipelines"
    begin, end = f"<!-- begin: {which} -->\n", f"<!-- end: {which} -->\n"
    printed = [line for name in names for line in Path(name).read_text().split("\n") if line]
    before, rest = DOCUMENT.read_text().split(begin)
    table, after = rest.split(end)
    DOCUMENT.write_text(f"{before}{begin}\n{write_table(printed, read_table(table))}\n{end}{after}")


main()
