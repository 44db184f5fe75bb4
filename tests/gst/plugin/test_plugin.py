# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""The plugin as GStreamer loads it: what it registers, and that loading and looking at it opens nothing.

usage: test_plugin.py DIRECTORY-OF-A-PLUGIN-OVER-THE-FAKE-MACHINE
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

PLUGIN_DIR = sys.argv[1]
PROPERTIES = ["heap-name", "heap-require", "heap-prefer", "heap-forbid", "require-zero-copy", "min-buffers", "min-size", "heap", "stats"]
WORDS = ["importable", "contiguous", "cacheable", "protected", "dma32", "decrypted"]


class Plugin(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.report = pathlib.Path(self.directory.name) / "report"

    def tearDown(self):
        self.directory.cleanup()

    def run_tool(self, *command):
        env = os.environ | {
            "GST_PLUGIN_PATH": PLUGIN_DIR,
            "GST_REGISTRY": str(pathlib.Path(self.directory.name) / "registry"),
            "FAKE_HEAPS": "system;default_cma_region",
            "FAKE_REPORT": str(self.report),
        }
        result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=50)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def calls(self):
        """The sum of all calls of all processes, and how many processes reported."""
        lines = [line.split() for line in self.report.read_text().splitlines()]
        counts = {name for name, _ in lines}
        return sum(int(count) for _, count in lines), len(lines) // len(counts)

    def test_loading_and_inspecting_opens_nothing(self):
        output = self.run_tool("gst-inspect-1.0", "--plugin", "heaps")
        for element in ("heapupload", "heapdownload", "heapimport"):
            self.assertIn(element, output)
        output = self.run_tool("gst-inspect-1.0", "heapupload")
        for name in PROPERTIES:
            self.assertIn(f"  {name} ", output)
        for word in WORDS:
            self.assertIn(word, output)
        calls, processes = self.calls()
        self.assertGreaterEqual(processes, 2)
        self.assertEqual(calls, 0)

    def test_a_pipeline_does_call(self):
        """Without this the test above would pass with a report nobody writes."""
        self.run_tool("gst-launch-1.0", "-q", "videotestsrc", "num-buffers=3", "!", "heapupload", "!", "fakesink")
        self.assertGreater(self.calls()[0], 5)


tap.run(Plugin)
