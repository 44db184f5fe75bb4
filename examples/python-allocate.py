#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Lists the heaps, takes memory from the one a selection chooses, writes to it, reads it back and shows its fd.

usage: python-allocate.py [SELECTION]     for example: python-allocate.py 'heap-require=contiguous'
"""

import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstAllocators", "1.0")
gi.require_version("GstHeaps", "1.0")
from gi.repository import GLib, Gst, GstAllocators, GstHeaps  # noqa: E402

FRAME_SIZE = 1920 * 1080 * 3 // 2  # NV12
PATTERN = bytes(range(256)) * 16


def list_heaps():
    for heap in GstHeaps.Heap.list():
        answer = heap.get_answer(GstHeaps.HeapProperties.CONTIGUOUS)
        print(f"there is {heap.get_name()}, contiguous: {answer.value_nick}")


def make_allocator(selection_text):
    selection = GstHeaps.HeapSelection.new_from_string(selection_text)
    return GstHeaps.HeapAllocator.new(selection)


def write(memory, data):
    # In Python what a map shows is a copy; a buffer writes through to the memory.
    buffer = Gst.Buffer.new()
    buffer.append_memory(memory)
    if buffer.fill(0, data) != len(data):
        sys.exit("this memory is not for the CPU")


def read(memory, size):
    mapped, view = memory.map(Gst.MapFlags.READ)
    if not mapped:
        sys.exit("this memory is not for the CPU")
    data = bytes(view.data[:size])
    memory.unmap(view)
    return data


def main():
    Gst.init(None)
    list_heaps()
    allocator = make_allocator(sys.argv[1] if len(sys.argv) > 1 else "")
    # Not allocator.alloc(), which is GstAllocator's and says nothing when it fails.
    memory = GstHeaps.HeapAllocator.alloc(allocator, FRAME_SIZE, None)
    write(memory, PATTERN)
    if read(memory, len(PATTERN)) != PATTERN:
        sys.exit("what was written is not what is there")

    # The fd stays the memory's: os.dup() it to keep it for longer.
    fd = GstAllocators.fd_memory_get_fd(memory)
    true_size = os.lseek(fd, 0, os.SEEK_END)
    kind = "a dma-buf" if GstAllocators.is_dmabuf_memory(memory) else "shared memory, which no device can import"
    heap = GstHeaps.HeapAllocator.get_heap(allocator)
    print(f"heap {heap.get_name()}: fd {fd}, {memory.size} bytes of {true_size}, {kind}")


if __name__ == "__main__":
    try:
        main()
    except GLib.Error as error:
        sys.exit(error.message)
