# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""The ready files of boards: each is read without a warning, counts as it says, and names the source of each entry.

usage: test_boards.py TOOL-OVER-THE-FAKE TOOL FILE...
"""

import os
import re
import sys
import tempfile
import unittest

import tap
from tool import run, run_json

FILES = [os.path.abspath(path) for path in sys.argv[3:]]
SOURCE = re.compile(r"# Source: https://github\.com/[\w.-]+/[\w.-]+/blob/[0-9a-f]{12,40}/\S+ \(read 20\d\d-\d\d-\d\d\)")


def entries(path):
    """Of each entry its name, the block of comments right above it, and its keys."""
    with open(path, encoding="utf-8") as file:
        blocks = re.split(r"\n\n+", file.read().strip())
    for block in blocks:
        lines = block.splitlines()
        names = [line[1:-1] for line in lines if line.startswith("[")]
        if names:
            comments = lines[:lines.index(f"[{names[0]}]")]
            yield names, comments, dict(line.split("=", 1) for line in lines[len(comments) + 1:])


def declared(names, **variables):
    """What heaps.conf is the source of, for each heap on a machine that has those."""
    status, document = run_json("list", FAKE_HEAPS=";".join(names), **variables)
    assert status == 0
    return {
        heap["name"]: {name: fact["answer"] for name, fact in heap["properties"].items() if fact["source"] == "heaps.conf"}
        for heap in document["heaps"]
    }


class Boards(unittest.TestCase):
    def each(self):
        for path in FILES:
            with self.subTest(os.path.basename(path)):
                yield path

    def test_there_are_files(self):
        folder = os.path.dirname(FILES[0])
        self.assertEqual(sorted(os.path.basename(path) for path in FILES), sorted(os.listdir(folder)))

    def test_files_begin_with_licence_and_copyright(self):
        for path in self.each():
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            self.assertEqual(lines[0], "# SPDX-License-Identifier: LGPL-2.1-or-later")
            self.assertRegex(lines[1], r"^# Copyright \(C\) \d{4} The gst-heaps authors$")

    def test_files_are_read_without_a_warning_and_count(self):
        for path in self.each():
            names = [names[0] for names, _, _ in entries(path)]
            self.assertEqual(run("list", GST_HEAPS_CONFIG=path)[2], "")
            answers = declared(names, GST_HEAPS_CONFIG=path)
            for (name,), _, keys in entries(path):
                expected = {key: value for key, value in keys.items() if key != "aliases"}
                self.assertEqual(answers[name], expected, name)
                for alias in filter(None, keys.get("aliases", "").split(";")):
                    status, document = run_json("why", f'heap-name="{alias}"', FAKE_HEAPS=name, GST_HEAPS_CONFIG=path)
                    self.assertEqual((status, document["heap"]), (0, name), alias)

    def test_every_entry_names_its_source(self):
        for path in self.each():
            found = list(entries(path))
            self.assertTrue(found)
            for names, comments, keys in found:
                self.assertEqual(len(names), 1, "an entry begins after an empty line")
                self.assertTrue(keys, f"[{names[0]}] says nothing")
                self.assertTrue(any(SOURCE.fullmatch(line) for line in comments), f"[{names[0]}] has no source")
                for line in comments:
                    self.assertTrue(SOURCE.fullmatch(line) or "Source" not in line, line)

    def test_names_can_be_names_of_heaps(self):
        names = sorted({names[0] for path in FILES for names, _, _ in entries(path)})
        _, document = run_json("lint", *names)
        for name in document["names"]:
            wrong = [finding for finding in name["findings"] if finding["rule"] in ("valid", "well-formed") and finding["severity"] == "error"]
            self.assertEqual(wrong, [], name["name"])

    def test_all_of_them_may_be_included_at_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
            config.write(f"[gst-heaps]\ninclude={';'.join(FILES)}\n")
            config.flush()
            self.assertEqual(run("list", GST_HEAPS_CONFIG=config.name)[2], "")
            answers = declared(["linux,cma", "mtk_svp_region"], GST_HEAPS_CONFIG=config.name)
        self.assertEqual((answers["linux,cma"], answers["mtk_svp_region"]), ({"dma32": "yes"}, {"protected": "yes"}))


if __name__ == "__main__":
    sys.exit(tap.run(Boards))
