# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Heaps that are handed to a process as open nodes, by the tool over the fake, which takes a memfd of the right name for one.

usage: test_fd.py TOOL-OVER-THE-FAKE TOOL
"""

import json
import os
import shutil
import subprocess
import sys
import unittest

import tap
from tool import FAKE_TOOL, environment


def pass_fd(fd, *arguments, number=3, **variables):
    """What `gst-heaps-1.0 ARGUMENTS` says that finds fd under that number."""
    result = subprocess.run(
        ["bash", "-c", f'exec "$@" {number}<&{fd}', "bash", FAKE_TOOL, *arguments],
        env=environment(**variables), pass_fds=[fd], capture_output=True, text=True, timeout=30,
    )
    return result.returncode, result.stdout, result.stderr


class Passed(unittest.TestCase):
    def setUp(self):
        self.fd = os.memfd_create("node:/dev/dma_heap/linux,cma", 0)
        self.addCleanup(os.close, self.fd)

    def test_heap_is_taken_where_no_heap_may_be_opened(self):
        status, out, err = pass_fd(self.fd, "why", "heap-fd=3, heap-require=contiguous+importable", FAKE_DENIED="system")
        self.assertEqual(status, 0, err)
        self.assertTrue(out.startswith("linux,cma: taken (the file descriptor that was passed)\nsystem: not named"), out)

    def test_environment_may_pass_it_to_all(self):
        status, out, _ = pass_fd(self.fd, "why", "--json", number=9, GST_HEAPS="heap-fd=9")
        self.assertEqual((status, json.loads(out)["heap"]), (0, "linux,cma"))
        self.assertEqual(json.loads(out)["selection"], "heap-fd=9")

    def test_requirements_hold_for_it(self):
        status, out, _ = pass_fd(self.fd, "why", "heap-fd=3, heap-forbid=contiguous")
        self.assertEqual(status, 1)
        self.assertIn("linux,cma: contiguous is forbidden, and it is", out)
        status, out, _ = pass_fd(self.fd, "why", "heap-fd=3, heap-name=system", FAKE_HEAPS="system")
        self.assertEqual(status, 1)
        self.assertIn("system: not named in the request", out)

    def test_name_of_its_region_is_one_of_its_names(self):
        status, out, _ = pass_fd(self.fd, "why", "heap-fd=3, heap-name=default_cma_region")
        self.assertEqual(status, 0, out)

    def test_what_is_no_heap_is_said(self):
        with open("/dev/null", encoding="ascii") as null:
            status, out, _ = pass_fd(null.fileno(), "why", "--json", "heap-fd=3", FAKE_HEAPS="system")
        self.assertEqual(status, 1)
        first = json.loads(out)["candidates"][0]
        self.assertEqual((first["name"], first["verdict"]), ("file descriptor 3", "no-heap"))
        self.assertEqual(first["reason"], "opened as /dev/null, no node of a heap")

    def test_what_is_not_open_is_said(self):
        status, _, err = pass_fd(self.fd, "why", "heap-fd=77")
        self.assertEqual(status, 2)
        self.assertIn("file descriptor 77 is not open in this process", err)
        self.assertIn("FD_CLOEXEC", err)

    def test_what_is_no_number_is_refused(self):
        for value in ("-1", "-5", "x", "3.5", "(uint)3", "99999999999"):
            status, _, err = pass_fd(self.fd, "why", f"heap-fd={value}")
            self.assertEqual(status, 2, value)
            self.assertIn("heap-fd", err)

    def test_hostile_path_is_harmless(self):
        fd = os.memfd_create("node:/tmp/\x1b[31m", 0)
        self.addCleanup(os.close, fd)
        status, out, _ = pass_fd(fd, "why", "heap-fd=3")
        self.assertEqual(status, 1)
        self.assertIn(r"opened as /tmp/\x1b[31m, a heap, and nothing tells which", out)
        self.assertNotIn("\x1b", out)


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root can become another user, by setpriv")
class Supervisor(unittest.TestCase):
    SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/pass-heap.sh")

    def run_script(self, *arguments):
        result = subprocess.run([self.SCRIPT, *arguments], env=environment(), capture_output=True, text=True, timeout=30)
        return result.returncode, result.stdout, result.stderr

    def test_command_has_the_file_and_no_rights(self):
        status, out, err = self.run_script("/dev/null", "sh", "-c", "id -un; id -G; readlink /proc/self/fd/3; exit 7")
        self.assertEqual((status, out.splitlines()[0], out.splitlines()[2]), (7, "nobody", "/dev/null"), err)
        self.assertNotIn("0", out.splitlines()[1].split())

    def test_what_cannot_be_is_refused(self):
        for arguments, message in (
            ((), "usage:"), (("system",), "usage:"), (("--user",), "--user"), (("/nonexistent", "true"), "/nonexistent"),
            (("--user", "no-such-user", "/dev/null", "true"), "no-such-user"),
        ):
            status, out, err = self.run_script(*arguments)
            self.assertNotEqual(status, 0)
            self.assertEqual(out, "")
            self.assertIn(message, err)


if __name__ == "__main__":
    sys.exit(tap.run(Passed, Supervisor))
