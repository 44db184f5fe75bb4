# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""The examples do what the documentation says they do, on a machine without heaps.

usage: test_examples.py Programs ALLOCATE RUN-PIPELINE APPSRC
       test_examples.py Python PYTHON-ALLOCATE
"""

import importlib.util
import os
import subprocess
import sys
import unittest

import tap

NO_HEAPS = {**os.environ, "GST_HEAPS": "", "GST_HEAPS_DIR": "/nonexistent", "GST_HEAPS_CONFIG": "/dev/null", "LC_ALL": "C.UTF-8"}
SMALL = "video/x-raw,format=NV12,width=320,height=240"
PROCESS_MEMORY = r"^heap process: fd \d+, 3110400 bytes of 3112960, "

CARVE = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstHeaps", "1.0")
from gi.repository import GLib, Gst, GstHeaps
Gst.init(None)
heap = next(heap for heap in GstHeaps.Heap.list() if heap.get_name() == "process")
allocator = heap.allocator_new_carved(65536)
stats = GstHeaps.HeapAllocator.get_stats(allocator)
memories = [GstHeaps.HeapAllocator.alloc(allocator, 5000, None) for _ in range(2)]
try:
    largest = heap.find_largest()
except GLib.Error as error:
    largest = "refused" if error.matches(GstHeaps.heap_error_quark(), GstHeaps.HeapError.INVALID) else error
print(f"{stats.get_uint64('largest-hole')[1]} of {GstHeaps.HeapAllocator.get_carve_size(allocator)} bytes free;",
      f"memory at {memories[0].offset} and {memories[1].offset}; largest of process: {largest}")
"""

OWN_CODE = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstHeaps", "1.0")
from gi.repository import GLib, Gst, GstHeaps
Gst.init(None)

class Own(Gst.Element):
    pass

GstHeaps.Heap.element_class_install_properties(Own)
bin, told, untold = Gst.Bin(), Own(), Own()
bin.add(untold)
bin.set_context(GstHeaps.HeapSelection.new_from_string("heap-require=cacheable").to_context())
bin.add(told)
told.set_property("heap-name", "process")
print(*(GstHeaps.Heap.element_find_selection(element).to_string() for element in (told, untold)))

allocator = GstHeaps.HeapAllocator.new(GstHeaps.HeapSelection.get_default())
caps = Gst.Caps.from_string("video/x-raw,format=NV12,width=64,height=48")
pool = GstHeaps.HeapBufferPool.new_for_caps(allocator, caps, 0, 2, 2)
buffer = pool.acquire_buffer(None)[1]
print(buffer.get_size(), GstHeaps.is_heap_memory(buffer.peek_memory(0)))
try:
    GstHeaps.HeapBufferPool.new_for_caps(allocator, Gst.Caps.from_string("video/x-h264"), 0, 2, 2)
except GLib.Error as error:
    print(error.matches(GstHeaps.heap_error_quark(), GstHeaps.HeapError.INVALID))

pipeline = Gst.parse_launch("videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! fakesink name=sink")
pad = pipeline.get_by_name("sink").get_static_pad("sink")
GstHeaps.Heap.pad_offer(pad, allocator, 2)
seen = []
pad.add_probe(Gst.PadProbeType.BUFFER, lambda pad, info: seen.append(
    GstHeaps.is_heap_memory(info.get_buffer().peek_memory(0))) or Gst.PadProbeReturn.OK)
pipeline.set_state(Gst.State.PLAYING)
pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
pipeline.set_state(Gst.State.NULL)
print(*seen)
"""


def run(*command, **variables):
    result = subprocess.run(command, env=NO_HEAPS | variables, capture_output=True, text=True, timeout=60)
    return result.returncode, result.stdout, result.stderr


class Programs(unittest.TestCase):
    def test_allocate_takes_memory_of_the_process(self):
        status, out, _ = run(sys.argv[2])
        self.assertEqual(status, 0)
        self.assertRegex(out, PROCESS_MEMORY)

    def test_allocate_says_why_not(self):
        status, _, err = run(sys.argv[2], "heap-require=contiguous")
        self.assertEqual(status, 1)
        self.assertIn("contiguous is required", err)

    def test_appsrc_pushes_without_a_copy(self):
        self.need_plugins()
        status, out, err = run(sys.argv[4], "heap-require=cacheable")
        self.assertEqual((status, out), (0, "30 frames in 4 buffers of heap process, 0 copied\n"), err)

    def test_appsrc_says_why_not(self):
        self.need_plugins()
        status, _, err = run(sys.argv[4], "heap-require=contiguous")
        self.assertEqual(status, 1)
        self.assertIn("contiguous is required", err)

    def need_plugins(self):
        if "address" in os.environ.get("SANITIZERS", ""):
            self.skipTest("GStreamer's plugin scanner cannot load a plugin built with ASan")

    def run_pipeline(self, *pipeline, **variables):
        self.need_plugins()
        return run(sys.argv[3], *" ! ".join(pipeline).split(), **variables)

    def test_pipeline_tells_heap_frames_and_copies(self):
        status, out, err = self.run_pipeline("videotestsrc num-buffers=10", SMALL, "heapupload name=up", "fakesink")
        self.assertEqual((status, out), (0, "up: heap process held the frames: 10 frames, 0 bytes copied\n"), err)

    def run_heapsource(self, properties, **variables):
        plugins = os.pathsep.join([os.path.dirname(sys.argv[2]), os.environ["GST_PLUGIN_PATH"]])
        # heapupload tells where the frames are, and copies none.
        upload = "heapupload name=up heap-name=process require-zero-copy=true"
        return self.run_pipeline(
            "heapsource num-buffers=7 " + properties, upload, "fakesink", GST_PLUGIN_PATH=plugins, **variables
        )

    def test_own_element_writes_into_the_heap_selected(self):
        written = (0, "up: heap process held the frames: 7 frames, 0 bytes copied\n")
        status, out, err = self.run_heapsource("heap-name=process")
        self.assertEqual((status, out), written, err)
        status, out, err = self.run_heapsource("", GST_HEAPS="heap-require=cacheable")
        self.assertEqual((status, out), written, err)

    def test_own_element_says_why_not(self):
        for properties, variables in (("heap-require=contiguous", {}), ("", {"GST_HEAPS": "heap-require=contiguous"})):
            status, _, err = self.run_heapsource(properties, **variables)
            self.assertEqual(status, 1)
            self.assertIn("heapsource0: no heap satisfies heap-require=contiguous", err)

    def test_pipeline_tells_copies(self):
        frames = [f"fakesrc num-buffers=3 sizetype=fixed sizemax={320 * 240 * 3 // 2}", SMALL + ",framerate=0/1"]
        status, out, err = self.run_pipeline(*frames, "heapupload name=up", "fakesink")
        self.assertEqual((status, out), (0, "up: heap process held the frames: 3 frames, 345600 bytes copied\n"), err)

    def test_pipeline_tells_errors(self):
        status, out, err = self.run_pipeline("videotestsrc", "heapupload heap-name=nope", "fakesink")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("nope: there is no such heap", err)

    def test_pipeline_that_makes_no_sense_is_refused(self):
        status, out, err = self.run_pipeline("nonexistent-element", "fakesink")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("nonexistent-element", err)


@unittest.skipUnless(importlib.util.find_spec("gi"), "this Python has no gi (package python3-gi)")
class Python(unittest.TestCase):
    def test_python_allocates_writes_and_reads_back(self):
        status, out, err = run(sys.executable, sys.argv[2])
        self.assertEqual(status, 0, err)
        self.assertEqual(out.splitlines()[0], "there is process, contiguous: no")
        self.assertEqual(out.splitlines()[1], "there is process-contiguous, contiguous: yes")
        self.assertRegex(out.splitlines()[2], PROCESS_MEMORY)

    def test_python_divides_a_buffer(self):
        status, out, err = run(sys.executable, "-c", CARVE)
        self.assertEqual((status, out), (0, "65536 of 65536 bytes free; memory at 0 and 8192; largest of process: refused\n"), err)

    def test_python_has_context_properties_pool_and_offer(self):
        status, out, err = run(sys.executable, "-c", OWN_CODE)
        expected = ['heap-name="process" heap-require=cacheable', "4608 True", "True", "True True True"]
        self.assertEqual((status, out.splitlines()), (0, expected), err)

    def test_python_selects_by_property(self):
        self.assertEqual(run(sys.executable, sys.argv[2], "heap-require=cacheable")[0], 0)
        status, _, err = run(sys.executable, sys.argv[2], "heap-require=contiguous")
        self.assertEqual(status, 1)
        self.assertIn("contiguous is required", err)


if __name__ == "__main__":
    sys.exit(tap.run(globals()[sys.argv[1]]))
