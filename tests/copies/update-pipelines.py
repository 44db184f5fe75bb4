#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Writes the table of docs/pipelines.md from what `copies --print` printed, with each version of GStreamer.

usage: update-pipelines.py PRINTED...

PRINTED: what it printed on this machine (1.22), and in the root file systems of trixie (1.26) and forky (1.28). Columns of
versions of which nothing was printed stay as they are."""
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "pipelines.md"
VERSIONS = ["1.22", "1.26", "1.28"]
BEGIN, END = "<!-- begin: pipelines -->\n", "<!-- end: pipelines -->\n"
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
    if not sys.argv[1:] or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return
    printed = [line for name in sys.argv[1:] for line in Path(name).read_text().split("\n") if line]
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{write_table(printed, read_table(table))}\n{END}{after}")


main()
