# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""gst-heaps-1.0 bench over fake heaps: what it compares and how it tells. That its figures are right is told by
tests/tools/measures.c.

usage: test_bench.py TOOL-OVER-THE-FAKE TOOL
"""

import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import unittest

import tap
from tool import FAKE_TOOL, REAL_TOOL, environment, run, run_json

BOARD = "system;default_cma_region;reserved;video@c000000"
QUICK = ("bench", "--milliseconds=1", "--pairs=2", "--frames=64x64,320x240")


class Bench(unittest.TestCase):
    def bench(self, *arguments, **variables):
        """Exit status, and the cases of each heap."""
        status, document = run_json(*QUICK, *arguments, **variables)
        self.assertFalse(document["interrupted"])
        return status, {heap["name"]: heap["cases"] for heap in document["heaps"]}

    def test_each_thing_is_beside_its_peer_with_median_and_spread(self):
        status, heaps = self.bench("system", FAKE_HEAPS=BOARD)
        cases = heaps["system"]
        self.assertEqual(status, 0)
        self.assertEqual(
            [(case["what"], case["width"], case["peer"]) for case in cases if case["peer"] != "GstUdmabufAllocator"],
            [(what, width, peer) for what, peer in (
                ("acquire and release", "GstVideoBufferPool, system memory"),
                ("allocate and free", "the heap each time"),
                ("map and unmap", "GstDmaBufAllocator"),
            ) for width in (64, 320)],
        )
        for case in cases:
            self.assertEqual((case["skipped"], case["pairs"]), (None, 2))
            for figure in ("ns", "peer-ns", "ratio"):
                self.assertGreater(case[figure]["low"], 0)
                self.assertLessEqual(case[figure]["low"], case[figure]["median"])
                self.assertLessEqual(case[figure]["median"], case[figure]["high"])

    def test_the_peer_asks_the_heap_each_time_and_ours_does_not(self):
        status, heaps = self.bench("process", tool=REAL_TOOL)
        case = [case for case in heaps["process"] if case["peer"] == "the heap each time"][0]
        self.assertEqual(status, 0)
        self.assertLess(case["ratio"]["median"], 0.5)

    def test_without_names_it_is_the_heap_that_elements_take(self):
        self.assertEqual(list(self.bench(FAKE_HEAPS=BOARD)[1]), ["system"])
        self.assertEqual(list(self.bench()[1]), ["process"])
        self.assertEqual(list(self.bench(FAKE_HEAPS=BOARD, GST_HEAPS="heap-require=contiguous")[1]), ["default_cma_region"])
        self.assertEqual(run(*QUICK, FAKE_HEAPS=BOARD, GST_HEAPS="heap-require=protected")[:2], (1, ""))
        self.assertEqual(run(*QUICK, FAKE_HEAPS=BOARD, GST_HEAPS="heap-require=shiny")[:2], (2, ""))
        self.assertEqual(list(self.bench("--heap-require=contiguous", FAKE_HEAPS="linux,cma")[1]), ["linux,cma"])
        self.assertEqual(list(self.bench("video@c000000", "system", FAKE_HEAPS=BOARD)[1]), ["video@c000000", "system"])

    def test_memory_that_is_no_dmabuf_is_mapped_beside_plain_memory(self):
        peers = {case["peer"] for case in self.bench("process")[1]["process"]}
        self.assertIn("GstFdAllocator", peers)
        self.assertNotIn("GstDmaBufAllocator", peers)

    def test_protected_memory_is_not_mapped(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config, tempfile.NamedTemporaryFile("r") as report:
            config.write("[vault]\nprotected=yes\n")
            config.flush()
            status, heaps = self.bench("vault", FAKE_HEAPS="vault", GST_HEAPS_CONFIG=config.name, FAKE_REPORT=report.name)
            calls = dict(line.split() for line in report)
        self.assertEqual((status, calls["mmap"]), (0, "0"))
        mapped = [case for case in heaps["vault"] if case["what"] == "map and unmap"]
        self.assertEqual(len(mapped), 2)
        self.assertIn("protected", mapped[0]["skipped"])

    def test_heap_that_cannot_be_used_is_a_no_with_the_reason(self):
        status, heaps = self.bench("full", FAKE_FULL="full")
        self.assertEqual(status, 1)
        self.assertIn("the heap is too small, full or fragmented", heaps["full"][0]["skipped"])
        status, out, err = run(*QUICK, "system", FAKE_DENIED="system")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("mode 0600", err)

    def test_text_is_a_table_for_each_heap(self):
        status, out, _ = run(*QUICK, "system", "video@c000000", FAKE_HEAPS=BOARD)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^system +frame +us +peer's us +ratio \(middle half\) +peer$")
        self.assertRegex(out, r"(?m)^video@c000000 +frame ")
        self.assertRegex(out, r"(?m)^map and unmap +320x240 +\d+\.\d\d +\d+\.\d\d +[\d.]+ \([\d.]+-[\d.]+\) +GstDmaBufAllocator$")

    def test_command_lines_that_make_no_sense_are_refused(self):
        for arguments in (["--pairs=0"], ["--pairs=1001"], ["--milliseconds=0"], ["--frames="], ["--frames=1920"],
                          ["--frames=1920x"], ["--frames=1x1"], ["--frames=99999x16"], ["--frames=16x16x16"],
                          ["--frames=-16x16"], ["--frames=" + ",".join(["16x16"] * 17)], ["heap-require=shiny"],
                          ["--frames=\x1b[31m" + "x" * 10240]):
            with self.subTest(arguments[0][:40]):
                status, out, err = run("bench", *arguments, FAKE_HEAPS=BOARD)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error: ", err)
                self.assertLess(len(err), 4096)

    def start(self, *arguments, **options):
        return subprocess.Popen([FAKE_TOOL, "bench", "system", "--milliseconds=50", *arguments],
                                env=environment(FAKE_HEAPS=BOARD, TERM="xterm"), **options)

    def test_interrupted_it_says_what_it_measured(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), self.start("--json", "--pairs=1000", "--milliseconds=1", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                with self.assertRaises(subprocess.TimeoutExpired):
                    process.wait(timeout=1.5)
                process.send_signal(number)
                out, err = process.communicate(timeout=20)
                self.assertEqual((process.returncode, err), (-number, b""))
                document = json.loads(out)
                self.assertTrue(document["interrupted"])
                self.assertEqual(document["heaps"][0]["name"], "system")
                self.assertLess(0, len(document["heaps"][0]["cases"]))
                self.assertLess(len(document["heaps"][0]["cases"]), 12)

    def test_progress_is_for_terminals_only(self):
        master, slave = pty.openpty()
        with self.start("--milliseconds=1", "--pairs=1", "--frames=64x64", stdout=subprocess.DEVNULL, stderr=slave) as process:
            self.assertEqual(process.wait(timeout=20), 0)
        os.close(slave)
        written = os.read(master, 65536)
        os.close(master)
        self.assertIn(b"system: acquire and release, 64x64", written)
        self.assertTrue(written.endswith(b"\r\x1b[K"))
        self.assertEqual(run(*QUICK, "system", FAKE_HEAPS=BOARD)[2], "")


if __name__ == "__main__":
    sys.exit(tap.run(Bench))
