# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""The tracer as people run it: a table at the end and on SIGUSR1, files, and what it says of parameters it has not.

usage: test_tracer.py DIRECTORY-OF-A-PLUGIN-OVER-THE-FAKE-MACHINE
"""

import fcntl
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import tap

PLUGIN_DIR = sys.argv[1]
FRAME = 32 * 16 * 3 // 2
SOURCE = "videotestsrc num-buffers=20 name=source ! video/x-raw,format=I420,width=32,height=16 ! "
COPYING = SOURCE + "heapupload name=up ! tee name=t t. ! fakesink async=false t. ! videobalance name=filter hue=0.5 ! fakesink async=false"

# An application that forks, and does not call gst_deinit().
WITHOUT_DEINIT = """
import ctypes, os, sys
gst = ctypes.CDLL("libgstreamer-1.0.so.0")
for name in ("gst_parse_launch", "gst_element_get_bus", "gst_bus_timed_pop_filtered"):
    getattr(gst, name).restype = ctypes.c_void_p
gst.gst_init(None, None)
pipeline = ctypes.c_void_p(gst.gst_parse_launch(sys.argv[1].encode(), None))
gst.gst_element_set_state(pipeline, 4)
bus = ctypes.c_void_p(gst.gst_element_get_bus(pipeline))
gst.gst_bus_timed_pop_filtered(bus, ctypes.c_uint64(2**64 - 1), 3)
gst.gst_element_set_state(pipeline, 1)
if os.fork() == 0:
    sys.exit()
os.wait()
"""


class Tracer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()  # for the registry, which takes a while to make

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)

    def tearDown(self):
        self.directory.cleanup()

    def env(self, tracers, **more):
        return os.environ | {
            "GST_PLUGIN_PATH": PLUGIN_DIR,
            "GST_REGISTRY": self.shared.name + "/registry",
            "GST_TRACERS": tracers,
            "FAKE_HEAPS": "system;default_cma_region",
        } | more

    def run_command(self, command, tracers="heaps", **more):
        result = subprocess.run(command, env=self.env(tracers, **more), capture_output=True, text=True, timeout=50)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stderr

    def launch(self, pipeline, tracers="heaps", **more):
        return self.run_command(["gst-launch-1.0", "-q", *pipeline.split()], tracers, **more)

    def books(self, pipeline):
        path = self.path / "books.json"
        self.launch(pipeline, f"heaps(file={path})")
        books = json.loads(path.read_text())
        return books, {element["name"]: element for element in books["elements"]}

    def test_the_table_names_who_copies(self):
        table = self.launch(COPYING)
        self.assertIn(f"filter copied 20 frames, {20 * FRAME / 1024:.1f} KiB: ", table)
        self.assertEqual(table.count(" copied 20 frames"), 1, table)
        self.assertIn("source:src > ", table)
        self.assertIn(f"{20 * FRAME} bytes copied or converted in 20 frames: {FRAME} a frame", table)

    def test_one_copy_is_not_one_copies(self):
        table = self.launch(COPYING.replace("num-buffers=20", "num-buffers=1"))
        self.assertIn("filter copied 1 frame, 768 bytes: ", table)
        self.assertIn("(once)", table)

    def test_the_table_says_where_nothing_is_copied(self):
        self.assertIn("no copies were seen", self.launch(SOURCE + "heapupload ! fakesink"))

    def test_json(self):
        books, elements = self.books(COPYING)
        self.assertEqual(elements["filter"]["copied-out"], {"frames": 20, "bytes": 20 * FRAME})
        self.assertEqual(elements["filter"]["bytes-copied-per-frame"], FRAME)
        self.assertEqual(elements["source"]["produced"], {"frames": 20, "bytes": 20 * FRAME})
        self.assertEqual(elements["filter"]["factory"], "videobalance")
        self.assertEqual(books["totals"]["frames"], 20)
        self.assertEqual(books["totals"]["bytes-copied"], 20 * FRAME)
        self.assertEqual(books["allocators"][0]["heap"], "system")
        self.assertEqual(books["allocators"][0]["copied-bytes"], 20 * FRAME)
        first = books["links"][0]
        self.assertEqual((first["from"]["element"], first["from"]["pad"]), ("source", "src"))
        self.assertEqual(first["memory"], [{"name": "system", "dmabuf": True, "buffers": 20, "bytes": 20 * FRAME}])
        self.assertEqual(first["offered"], "system")

    def test_picture(self):
        path = self.path / "books.dot"
        self.launch(COPYING, f"heaps(dot={path})")
        dot = path.read_text()
        self.assertTrue(dot.startswith("digraph "))
        self.assertIn('"filter: 15.0 KiB copied" color="#d62728"', dot)
        self.assertIn('[label="system, 20 buffers" color="#2ca02c"', dot)

    def test_debug_log_is_not_printed_more_than_asked(self):
        table = self.launch(COPYING)
        self.assertNotIn("GST_PERFORMANCE", table)
        self.assertIn("GST_PERFORMANCE", self.launch(COPYING, GST_DEBUG="GST_PERFORMANCE:5", GST_DEBUG_NO_COLOR="1"))

    def test_signal(self):
        command = ["gst-launch-1.0", "-q", *"videotestsrc is-live=true ! fakesink".split()]
        path = self.path / "books.json"
        with subprocess.Popen(command, env=self.env(f"heaps(file={path})"), stderr=subprocess.PIPE, text=True) as process:
            self.wait_for_thread(process.pid)
            process.send_signal(signal.SIGUSR1)
            first = process.stderr.readline()
            while not path.exists():
                time.sleep(0.1)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
        self.assertEqual(first, "heaps tracer\n")
        self.assertIn("heaps tracer\n", rest)

    def wait_for_thread(self, pid):
        """The one that waits for the signal, which would end the process before."""
        for _ in range(300):
            names = [path.read_text() for path in pathlib.Path(f"/proc/{pid}/task").glob("*/comm")]
            if "heaps tracer\n" in names and "videotestsrc0:s\n" in names:
                return
            time.sleep(0.1)
        self.fail("the tracer has no thread")

    def test_application_without_deinit(self):
        table = self.run_command([sys.executable, "-c", WITHOUT_DEINIT, COPYING])
        self.assertEqual(table.count("heaps tracer\n"), 1)
        self.assertIn("filter copied 20 frames", table)

    def launch_in_terminal(self, pipeline, columns):
        """What comes out on a terminal so wide."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen(["gst-launch-1.0", "-q", *pipeline.split()], env=self.env("heaps"), stderr=slave) as process:
            os.close(slave)
            text = b""
            try:
                while chunk := os.read(master, 4096):
                    text += chunk
            except OSError:  # the end of a terminal
                pass
            self.assertEqual(process.wait(), 0)
        os.close(master)
        return text.decode().replace("\r\n", "\n")

    def test_narrow_terminal(self):
        for columns in (60, 40, 200):
            text = self.launch_in_terminal(COPYING, columns)
            self.assertLessEqual(max(map(len, text.splitlines())), columns, text)
            self.assertEqual("source:src > capsfilter0:sink  20 " in text, columns == 200, text)
            self.assertIn("filter copied 20 frames", " ".join(text.split()))
        self.assertIn("no copies were seen", self.launch_in_terminal(SOURCE + "fakesink", 3))

    def test_hostile_names(self):
        name = "evil\x1b[31m\x07\x7f\u202e\u009b\U000e0041" + 400 * "x"
        path, dot = self.path / "books.json", self.path / "books.dot"
        table = self.launch(f"videotestsrc num-buffers=1 name={name} ! fakesink", f"heaps(file={path},dot={dot})")
        for text in (table, path.read_text(), dot.read_text()):
            self.assertEqual([c for c in text if c != "\n" and not c.isprintable()], [])
        self.assertIn("evil\\x1b[31m\\x07\\x7f", table)
        self.assertLess(max(map(len, table.splitlines())), 300)
        self.assertIn(name, [element["name"] for element in json.loads(path.read_text())["elements"]])

    def test_elements_of_the_same_name_are_told_apart(self):
        table = self.launch("bin.( name=one videotestsrc num-buffers=1 name=s ! fakesink ) "
                            "bin.( name=two videotestsrc num-buffers=2 name=s ! fakesink )")
        self.assertIn("pipeline0/one/s:src > fakesink0:sink", table)
        self.assertIn("pipeline0/two/s:src > fakesink1:sink", table)

    def test_no_pipeline(self):
        self.assertEqual(self.run_command(["gst-inspect-1.0", "identity"]), "heaps tracer\n\nno buffers were seen\n")

    def test_pipeline_that_ends_by_an_error(self):
        result = subprocess.run(["gst-launch-1.0", "-q", *(SOURCE + "identity error-after=5 ! fakesink").split()],
                                env=self.env("heaps"), capture_output=True, text=True, timeout=50)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "identity0:src > fakesink0:sink +4 ")

    def test_parameters_it_has_not(self):
        self.assertIn('"fil" is no parameter', self.launch(SOURCE + "fakesink", "heaps(fil=/tmp/x)"))
        self.assertIn("cannot be parsed", self.launch(SOURCE + "fakesink", "heaps(file=)"))
        self.assertIn("/nowhere/", self.launch(SOURCE + "fakesink", "heaps(file=/nowhere/x)"))

    def test_beside_the_leaks_tracer(self):
        log = self.launch(COPYING, "leaks;heaps", GST_DEBUG="GST_TRACER:7", GST_DEBUG_NO_COLOR="1")
        self.assertNotRegex(log, r"object-alive, type-name=\(string\)[^%]")
        self.assertIn("filter copied 20 frames", log)

    def test_two_of_them(self):
        table = self.launch(SOURCE + "fakesink", "heaps;heaps")
        self.assertIn("there is one at work", table)
        self.assertEqual(table.count("heaps tracer\n"), 1)


tap.run(Tracer)
