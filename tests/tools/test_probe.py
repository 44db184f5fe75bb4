# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""gst-heaps-1.0 probe over fake heaps. What devices find is told by tests/device/probe.c.

usage: test_probe.py TOOL-OVER-THE-FAKE TOOL
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
from tool import FAKE_TOOL, environment, run, run_json

BOARD = "system;default_cma_region;reserved;video@c000000"


class Probe(unittest.TestCase):
    QUICK = ("probe", "--milliseconds=1", "--size=64K", "--largest=1M")

    def probe(self, *arguments, **variables):
        """Exit status, and what was found of the heaps by their names."""
        status, document = run_json(*self.QUICK, *arguments, **variables)
        self.assertFalse(document["interrupted"])
        return status, {heap["name"]: heap for heap in document["heaps"]}

    def test_each_heap_is_tried_but_no_second_name(self):
        status, heaps = self.probe(FAKE_HEAPS=BOARD, FAKE_UDMABUF="1")
        self.assertEqual(status, 0)
        self.assertEqual(list(heaps), ["system", "default_cma_region", "video@c000000", "process"])
        for name, heap in heaps.items():
            self.assertIsNone(heap["error"])
            self.assertEqual(heap["bytes"], 65536)
            self.assertEqual(heap["exporter"], name)
            self.assertEqual(heap["zeroed"]["answer"], "yes")
            self.assertEqual(heap["cached"]["answer"], "yes")
            self.assertEqual([latency["bytes"] for latency in heap["latencies"]], [4096, 65536])
            self.assertGreater(heap["reading"]["bytes-per-second"], 0)
            self.assertEqual(heap["largest"], {"bytes": 1048576, "limited-by": "--largest"})

    def test_contiguity_is_unknown_beside_what_is_promised(self):
        _, heaps = self.probe("default_cma_region", FAKE_HEAPS=BOARD)
        found = heaps["default_cma_region"]["contiguous"]
        self.assertEqual((found["answer"], found["known"], found["known-from"]), ("unknown", "yes", "kernel documentation"))
        self.assertIn("--device", found["evidence"])

    def test_memory_that_is_not_zeroed_is_a_no(self):
        status, heaps = self.probe("system", FAKE_HEAPS=BOARD, FAKE_DIRTY="1")
        self.assertEqual(status, 1)
        self.assertEqual(heaps["system"]["zeroed"], {"answer": "no", "evidence": "byte 100 of recycled memory is not 0"})

    def test_what_contradicts_a_property_is_a_no(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
            config.write("[system]\ncacheable=no\n")
            config.flush()
            variables = {"FAKE_HEAPS": "system", "GST_HEAPS_CONFIG": config.name}
            status, heaps = self.probe("system", **variables)
            _, out, _ = run(*self.QUICK, "system", **variables)
        self.assertEqual((status, heaps["system"]["cached"]["contradicts"]), (1, True))
        self.assertIn("CONTRADICTS what is known: no (heaps.conf)", out)

    def test_protected_memory_is_not_mapped(self):
        with tempfile.NamedTemporaryFile("r") as report:
            status, heaps = self.probe("vault", FAKE_HEAPS="vault", FAKE_REPORT=report.name, **self.protect("vault"))
            calls = dict(line.split() for line in report)
        self.assertEqual((status, calls["mmap"]), (0, "0"))
        self.assertIn("protected", heaps["vault"]["unmapped"])
        self.assertEqual(heaps["vault"]["zeroed"], {"answer": "unknown", "evidence": None})
        self.assertIsNone(heaps["vault"]["reading"])
        self.assertTrue(heaps["vault"]["latencies"])

    def protect(self, name):
        config = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.addCleanup(config.close)
        config.write(f"[{name}]\nprotected=yes\n")
        config.flush()
        return {"GST_HEAPS_CONFIG": config.name}

    def test_no_permission_is_a_no(self):
        status, heaps = self.probe(FAKE_DENIED="system")
        self.assertEqual(status, 1)
        self.assertIn("Permission denied", heaps["system"]["error"])
        self.assertIsNone(heaps["process"]["error"])
        status, out, err = run("probe", "system", FAKE_DENIED="system")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("owner root, group root, mode 0600", err)

    def test_full_heap_is_a_no_with_the_figures(self):
        status, heaps = self.probe("process-contiguous", FAKE_HUGE_PAGES="1")
        self.assertEqual((status, heaps["process-contiguous"]["largest"]), (0, {"bytes": 1048576, "limited-by": "--largest"}))
        status, heaps = self.probe("process-contiguous", "--largest=99999999", FAKE_HUGE_PAGES="1")
        self.assertEqual((status, heaps["process-contiguous"]["largest"]), (0, {"bytes": 2097152, "limited-by": None}))

    def test_no_more_than_half_of_what_is_available_is_taken(self):
        files = "/proc/meminfo=MemTotal: 1024 kB\nMemAvailable: 512 kB\n"
        _, heaps = self.probe("system", FAKE_HEAPS="system", FAKE_FILES=files)
        self.assertEqual(heaps["system"]["largest"], {"bytes": 262144, "limited-by": "half of the memory that is available"})
        _, heaps = self.probe("system", "--size=20G", FAKE_HEAPS="system", FAKE_FILES=files)
        self.assertEqual((heaps["system"]["bytes"], heaps["system"]["zeroed"]["answer"]), (131072, "yes"))

    def test_properties_choose_heaps(self):
        self.assertEqual(list(self.probe("--heap-require=contiguous", FAKE_HEAPS=BOARD)[1]), ["default_cma_region", "video@c000000"])
        self.assertEqual(list(self.probe("heap-require=contiguous", FAKE_HEAPS=BOARD)[1]), ["default_cma_region"])
        self.assertEqual(list(self.probe("linux,cma", "system", FAKE_HEAPS=BOARD)[1]), ["default_cma_region", "system"])
        self.assertEqual(list(self.probe("--heap-forbid=contiguous", FAKE_HEAPS=BOARD)[1]), ["system", "process"])
        status, out, err = run(*self.QUICK, "--heap-require=contiguous", FAKE_HEAPS="system")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("contiguous is required", err)

    def test_command_lines_that_make_no_sense_are_refused(self):
        for arguments in (["--size=0"], ["--size=-1"], ["--size=1T"], ["--size="], ["--largest=-1"], ["--largest=99999999999G"], ["--milliseconds=0"], ["--milliseconds=99999"],
                          ["--heap-require=shiny"], ["system", "--heap-require=contiguous"], ["heap-require=shiny"]):
            with self.subTest(arguments):
                status, out, err = run("probe", *arguments, FAKE_HEAPS=BOARD)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error: ", err)

    def test_what_is_no_device_is_said(self):
        for device in ("/nonexistent", "/dev/null", "\x1b[31m"):
            status, out, err = run(*self.QUICK, "--device", device, FAKE_HEAPS=BOARD)
            self.assertEqual((status, out), (1, ""))
            self.assertIn("device ", err)

    def test_hostile_names_are_told_safely(self):
        hostile = os.fsdecode(b"caf\xe9\xc2\x9b31mred")
        status, out, _ = run(*self.QUICK, FAKE_HEAPS=hostile)
        self.assertEqual(status, 0)
        self.assertIn(r"caf\xe9\xc2\x9b31mred", out)

    def start(self, *arguments, **options):
        return subprocess.Popen([FAKE_TOOL, "probe", "--milliseconds=200", *arguments],
                                env=environment(FAKE_HEAPS=BOARD, TERM="xterm"), **options)

    def test_interrupted_it_says_what_it_found(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), self.start("--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                with self.assertRaises(subprocess.TimeoutExpired):
                    process.wait(timeout=1)
                process.send_signal(number)
                out, err = process.communicate(timeout=20)
                self.assertEqual((process.returncode, err), (-number, b""))
                document = json.loads(out)
                self.assertTrue(document["interrupted"])
                self.assertEqual(document["heaps"][0]["name"], "system")

    def test_progress_is_for_terminals_only(self):
        master, slave = pty.openpty()
        with self.start("system", "--milliseconds=1", stdout=subprocess.DEVNULL, stderr=slave) as process:
            self.assertEqual(process.wait(timeout=20), 0)
        os.close(slave)
        written = os.read(master, 65536)
        os.close(master)
        self.assertIn(b"system: is it zeroed", written)
        self.assertTrue(written.endswith(b"\r\x1b[K"))
        self.assertEqual(run(*self.QUICK, "system", FAKE_HEAPS=BOARD)[2], "")


if __name__ == "__main__":
    sys.exit(tap.run(Probe))
