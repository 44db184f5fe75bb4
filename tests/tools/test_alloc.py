# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""gst-heaps-1.0 alloc, which holds memory until it is told to give it back.

usage: test_alloc.py TOOL-OVER-THE-FAKE TOOL
"""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

import tap
from tool import FAKE_TOOL, environment, run, run_json

CONTIGUOUS = {"FAKE_HUGE_PAGES": "4"}  # process-contiguous has 8 MiB then


def buffers_of(pid):
    """The inodes of the fake dma-bufs that a process has open."""
    inodes = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            path = f"/proc/{pid}/fd/{fd}"
            if os.readlink(path).startswith("/memfd:heap:"):
                inodes.add(os.stat(path).st_ino)
        except FileNotFoundError:
            continue
    return inodes


class Alloc(unittest.TestCase):
    def start(self, *arguments, **variables):
        return subprocess.Popen(
            [FAKE_TOOL, "alloc", "--json", *arguments], env=environment(FAKE_HEAPS="system", **variables),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def read_document(self, process):
        """What is printed before it is over."""
        text = ""
        while not text.endswith("\n}\n"):
            line = process.stdout.readline()
            self.assertTrue(line, text)
            text += line
        return json.loads(text)

    def test_memory_is_held_until_a_signal_comes(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.start("--count=3", "5000") as process:
                document = self.read_document(process)
                self.assertEqual((document["heap"], document["exporter"], document["bytes"]), ("system", "system", 3 * 8192))
                self.assertEqual([buffer["bytes"] for buffer in document["buffers"]], [8192] * 3)
                self.assertEqual({buffer["inode"] for buffer in document["buffers"]}, buffers_of(process.pid))
                process.send_signal(number)
                self.assertEqual((process.communicate(timeout=30)[1], process.returncode), ("", 0))

    def test_signal_before_all_is_there_is_a_no(self):
        with self.start("--fill", "--count=1000", "16M") as process:
            while not buffers_of(process.pid):
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            self.assertEqual((process.returncode, out), (1, ""))
            self.assertRegex(err, r"had \d+ of 1000 buffers, .* given back: interrupted")

    def test_signals_that_were_ignored_stay_ignored(self):
        variables = {"stdout": subprocess.PIPE, "text": True, "env": environment(FAKE_HEAPS="system")}
        with subprocess.Popen(["nohup", FAKE_TOOL, "alloc", "--json", "4K"], stderr=subprocess.DEVNULL, **variables) as process:
            self.read_document(process)
            process.send_signal(signal.SIGHUP)
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
            process.terminate()
            self.assertEqual(process.wait(timeout=30), 0)

    def test_memory_is_held_for_a_time(self):
        begin = time.monotonic()
        status, document = run_json("alloc", "--for=0.3", "4K", FAKE_HEAPS="system")
        self.assertEqual((status, document["bytes"]), (0, 4096))
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)

    def test_text_tells_the_same(self):
        status, out, _ = run("alloc", "--for=0", "--count=2", "--heap-name=linux,cma", "1M", FAKE_HEAPS="default_cma_region")
        lines = out.splitlines()
        self.assertEqual((status, len(lines), lines[0].split()), (0, 4, ["heap", "exporter", "bytes", "inode"]))
        self.assertEqual(lines[1].split()[:3], ["default_cma_region", "default_cma_region", "1048576"])
        self.assertIn("default_cma_region: 2 buffers, 2097152 bytes held", lines[3])

    def test_heap_is_selected_as_elsewhere(self):
        board = {"FAKE_HEAPS": "system;default_cma_region"}
        for arguments, variables, heap in (
            ([], {}, "system"), (["--heap-require=contiguous"], {}, "default_cma_region"),
            (["--heap-forbid=cacheable+contiguous", "--heap-name=system"], {}, None),
            (["--heap-prefer=contiguous"], {}, "default_cma_region"),
            ([], {"GST_HEAPS": "heap-require=contiguous"}, "default_cma_region"),
        ):
            status, out, err = run("alloc", "--json", "--for=0", *arguments, "4K", **board, **variables)
            self.assertEqual((status, json.loads(out)["heap"] if out else None), (0 if heap else 1, heap), err)

    def test_sizes_have_units(self):
        for text, size in (("1", 4096), ("4097", 8192), ("8K", 8192), ("1M", 1 << 20), ("1G", 1 << 30)):
            self.assertEqual(run_json("alloc", "--for=0", text, FAKE_HEAPS="system")[1]["bytes"], size)

    def test_what_makes_no_sense_is_refused(self):
        sizes = ("0", "", "K", "-1", "+1", " 1", "1.5M", "1KB", "1T", "0x10", "9223372036854775808", "99999999999999999999", "8589934592G")
        lines = [["--", size] for size in sizes] + [
            [], ["1", "2"], ["--count=0", "1"], ["--count=-1", "1"], ["--count=x", "1"], ["--count=9223372036854775807", "1M"],
            ["--for=-1.5", "1"], ["--for=nan", "1"], ["--for=1e30", "1"], ["--leave=x", "1"], ["--leave=1M", "--count=2", "1"],
            ["--heap-require=shiny", "1"],
        ]
        for arguments in lines:
            with self.subTest(arguments):
                status, out, err = run("alloc", *arguments, FAKE_HEAPS="system")
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error: ", err)

    def test_less_than_was_asked_for_is_a_no_with_the_figures(self):
        status, out, err = run("alloc", "--heap-name=process-contiguous", "--count=5", "2M", **CONTIGUOUS)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("had 4 of 5 buffers, 8388608 bytes, which are given back: heap \"process-contiguous\"", err)

    def test_as_much_as_there_is_may_be_held(self):
        for arguments, n in (([], 4), (["--count=9"], 4), (["--count=3"], 3)):
            status, document = run_json(
                "alloc", "--heap-name=process-contiguous", "--as-much-as-possible", "--for=0", *arguments, "2M", **CONTIGUOUS
            )
            self.assertEqual((status, len(document["buffers"])), (0, n))

    def test_so_much_is_left(self):
        for leave, n in (("4M", 2), ("5M", 1), ("0", 4), ("1G", 0)):
            status, document = run_json("alloc", "--heap-name=process-contiguous", "--leave", leave, "--for=0", "2M", **CONTIGUOUS)
            self.assertEqual((status, len(document["buffers"])), (0, n))
        status, _, err = run("alloc", "--heap-name=acme", "--leave=1M", "1M", FAKE_HEAPS="acme")
        self.assertEqual(status, 1)
        self.assertIn('nothing tells how much of "acme" is free', err)

    def test_memory_is_written(self):
        with self.start("--fill", "--count=2", "64K") as process:
            self.read_document(process)
            for fd in os.listdir(f"/proc/{process.pid}/fd"):
                path = f"/proc/{process.pid}/fd/{fd}"
                if os.readlink(path).startswith("/memfd:heap:"):
                    with open(path, "rb") as memory:
                        self.assertEqual(set(memory.read()), {0xA5})
            process.terminate()
            process.communicate(timeout=30)
        status, _, err = run("alloc", "--fill", "--heap-name=protected,secure-video", "4K", FAKE_HEAPS="protected,secure-video")
        self.assertEqual(status, 1)
        self.assertIn("cannot be mapped", err)

    def test_heap_that_cannot_be_opened_says_why(self):
        status, _, err = run("alloc", "--heap-name=system", "1M", FAKE_DENIED="system")
        self.assertEqual(status, 1)
        self.assertIn("owner root, group root, mode 0600", err)


if __name__ == "__main__":
    sys.exit(tap.run(Alloc))
