# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""heaps.conf as its users write it: what is wrong is told with file and line, and the rest counts.

usage: test_config.py TOOL-OVER-THE-FAKE TOOL
"""

import os
import sys
import tempfile
import unittest

import tap
from tool import run, run_json

MACHINE = {"FAKE_HEAPS": "system;acme;video@c000000"}


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.path = os.path.join(self.directory, "heaps.conf")

    def write(self, text, name="heaps.conf"):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def answers(self, heap, **variables):
        """What heaps.conf is the source of, and the warnings, without where the file is."""
        variables = {"GST_HEAPS_CONFIG": self.path, **MACHINE, **variables}
        status, document = run_json("list", **variables)
        self.assertEqual(status, 0)
        facts = next(entry for entry in document["heaps"] if entry["name"] == heap)["properties"]
        declared = {name: fact["answer"] for name, fact in facts.items() if fact["source"] == "heaps.conf"}
        _, _, err = run("list", **variables)
        lines = [line.removeprefix("gst-heaps-1.0 list: warning: ") for line in err.splitlines()]
        return declared, [line.replace(self.directory + "/", "") for line in lines]


# A file, what of [acme] counts all the same, and the beginning of each problem.
FILES = {
    "nothing": ("", {}, []),
    "comments and blank lines": ("# a\n\n  # b\n[acme]\n  # c\n\tdma32 = yes \n", {"dma32": "yes"}, []),
    "lines of another system": ("\ufeff[acme]\r\ndma32=yes\r\n", {"dma32": "yes"}, []),
    "no newline at the end": ("[acme]\ndma32=yes", {"dma32": "yes"}, []),
    "a value that is neither": ("[acme]\ndma32=perhaps\ncacheable=no", {"cacheable": "no"}, [":2: dma32=perhaps: neither yes nor no"]),
    "an unknown key": ("[acme]\ncolour=blue\ndma32=no", {"dma32": "no"}, [":2: no property of heaps is called colour"]),
    "no line of a key file": ("[acme]\ndma32\ncacheable=no", {"cacheable": "no"}, [':2: "dma32" is neither [GROUP] nor KEY=VALUE']),
    "a line without key": ("[acme]\n=yes\ndma32=no", {"dma32": "no"}, [':2: "=yes" is neither']),
    "a line before the first group": ("dma32=yes\n[acme]\ndma32=no", {"dma32": "no"}, [':1: "dma32=yes" stands before']),
    "a key twice": ("[acme]\ndma32=yes\ndma32=no", {"dma32": "yes"}, [":3: [acme] dma32 is said already, in line 2"]),
    "a group twice": ("[acme]\ndma32=yes\n[system]\n[acme]\ncacheable=no", {"dma32": "yes", "cacheable": "no"}, [":4: [acme] is there already"]),
    "a group without end": ("[acme]\ndma32=yes\n[system\ncacheable=no", {"dma32": "yes"}, [':3: a group ends with "]"']),
    "a group that is no name": ("[acme]\ndma32=yes\n[../x]\ncacheable=no", {"dma32": "yes"}, [':3: "../x" can be no heap\'s name']),
    "a group of no name": ("[acme]\ndma32=yes\n[]\ncacheable=no", {"dma32": "yes"}, [':3: "" can be no heap\'s name']),
    "a key that is no UTF-8": (b"[acme]\nd\xff=yes\ndma32=no\n# \xff", {"dma32": "no"}, [":2: is no valid UTF-8; the line"]),
    "a group that is no UTF-8": (b"[acme]\ndma32=yes\n[\xff]\ncacheable=no", {"dma32": "yes"}, [":3: is no valid UTF-8; what stands"]),
    "a NUL": (b"[acme]\ndma32=y\0es\ncacheable=no", {"cacheable": "no"}, [":2: is no valid UTF-8"]),
    "control characters": ("[acme]\n\x1b[31m=yes\ndma32=no", {"dma32": "no"}, [":2: no property of heaps is called \\x1b[31m"]),
    "a long line": ("[acme]\n" + "x" * 10240 + "\ndma32=no", {"dma32": "no"}, [':2: "' + "x" * 64 + '"']),
    "no number of bytes": ("[acme]\nmax-bytes=12k\ndma32=no", {"dma32": "no"}, [":2: max-bytes=12k: no number"]),
    "an alias that is no name": ("[acme]\naliases=npu;a/b\ndma32=no", {"dma32": "no"}, [':2: aliases: "a/b" can be no']),
    "an unknown key of ours": ("[gst-heaps]\ncolour=1\n[acme]\ndma32=no", {"dma32": "no"}, [":2: [gst-heaps] has no key colour"]),
    "an include that is not there": ("[gst-heaps]\ninclude=x.conf\n[acme]\ndma32=no", {"dma32": "no"}, ["x.conf: No such file"]),
    "a large file": ("[acme]\ndma32=yes\n" + "# more\n" * 1500000, {}, [": has more than 1048576 bytes"]),
}


class Files(Case):
    def test_what_is_wrong_is_told_and_the_rest_counts(self):
        for what, (text, expected, problems) in FILES.items():
            with self.subTest(what):
                self.write(text)
                declared, told = self.answers("acme")
                self.assertEqual(declared, expected)
                self.assertEqual(len(told), len(problems), told)
                for line, problem in zip(told, problems):
                    self.assertTrue(line.startswith(problem if problem.startswith("x.conf") else "heaps.conf" + problem), line)

    def test_what_is_no_file_is_told(self):
        for path, problem in (("/nonexistent", "No such file"), (self.directory, "Is a directory"), ("/dev/zero", "has more than"),
                              ("/proc/self/mem", "Input/output error")):
            with self.subTest(path):
                declared, told = self.answers("acme", GST_HEAPS_CONFIG=path)
                self.assertEqual((declared, len(told)), ({}, 1))
                self.assertIn(problem, told[0])

    @unittest.skipIf(os.geteuid() == 0, "root reads every file")
    def test_file_without_permission_is_told(self):
        os.chmod(self.write("[acme]\ndma32=yes"), 0)
        self.assertIn("Permission denied", self.answers("acme")[1][0])

    def test_what_is_no_configuration_at_all_is_told_briefly(self):
        self.write("x\n" * 10000)
        told = self.answers("acme")[1]
        self.assertEqual((len(told), told[-1]), (33, "heaps.conf: and more that is wrong"))

    def test_aliases_count_beside_one_that_is_no_name(self):
        self.write("[acme]\naliases= npu ; ; a/b;cam")
        for alias in ("npu", "cam"):
            self.assertEqual(run_json("why", alias, GST_HEAPS_CONFIG=self.path, **MACHINE)[1]["heap"], "acme")


class Places(Case):
    def test_heap_of_the_user_is_not_looked_up_in_what_is_included(self):
        self.write("[gst-heaps]\ninclude=boards/a.conf; boards/b.conf\n[acme]\ndma32=yes")
        self.write("[acme]\ncacheable=yes\n[video@c000000]\ndma32=yes", "boards/a.conf")
        self.write("[video@c000000]\ndma32=no\n[system]\ndecrypted=yes", "boards/b.conf")
        self.assertEqual(self.answers("acme"), ({"dma32": "yes"}, []))
        self.assertEqual(self.answers("video@c000000"), ({"dma32": "yes"}, []))
        self.assertEqual(self.answers("system"), ({"decrypted": "yes"}, []))

    def test_files_that_include_each_other_end(self):
        self.write("[gst-heaps]\ninclude=heaps.conf")
        self.assertEqual(self.answers("acme"), ({}, ["heaps.conf:2: include: this file is included itself, and includes no other"]))

    def test_include_may_be_anywhere(self):
        path = self.write("[acme]\ndma32=yes", "elsewhere/a.conf")
        self.write(f"[gst-heaps]\ninclude={path}")
        self.assertEqual(self.answers("acme"), ({"dma32": "yes"}, []))

    def test_without_a_file_named_the_one_of_the_user_counts(self):
        self.write("[acme]\ndma32=yes\ncolour=1", "gst-heaps/heaps.conf")
        code = 'unset GST_HEAPS_CONFIG; exec "$0" "$@"'
        status, out, err = run("-c", code, os.path.abspath(sys.argv[1]), "why", "heap-require=dma32", tool="/bin/sh",
                               XDG_CONFIG_HOME=self.directory, **MACHINE)
        self.assertEqual((status, out.splitlines()[0]), (0, "acme: taken"))
        self.assertIn("gst-heaps/heaps.conf:3: ", err)


class Selection(Case):
    def why(self, text, **variables):
        self.write(text)
        return run("why", GST_HEAPS_CONFIG=self.path, **MACHINE, **variables)

    def test_default_is_what_the_file_says(self):
        for selection in ("heap-require=contiguous", "video@c000000;system", 'heap-name="video@c000000;system", heap-forbid=protected'):
            status, out, err = self.why(f"[gst-heaps]\nselection={selection}")
            self.assertEqual((status, out.splitlines()[0], err), (0, "video@c000000: taken", ""))
            self.assertIn(f"Asked for by {self.path}:2: heap-", out)

    def test_environment_hides_it_and_empty_does_not(self):
        text = "[gst-heaps]\nselection=video@c000000"
        self.assertIn("system: taken", self.why(text, GST_HEAPS="system")[1])
        self.assertIn("system: taken", self.why(text, GST_HEAPS="system;process")[1])
        self.assertIn("video@c000000: taken", self.why(text, GST_HEAPS="")[1])

    def test_one_that_makes_no_sense_is_an_error_and_not_any_memory(self):
        status, out, err = self.why("[gst-heaps]\nselection=heap-require=contigous")
        self.assertEqual((status, out), (2, ""))
        self.assertIn(f'warning: {self.path}:2: selection: heap-require: no property of heaps is called "contigous"', err)
        self.assertIn(f"error: the default selection of {self.path}:2: heap-require: ", err)

    def test_file_counts_before_what_it_includes(self):
        self.write("[gst-heaps]\nselection=acme", "a.conf")
        self.assertIn("video@c000000: taken", self.why("[gst-heaps]\ninclude=a.conf\nselection=video@c000000")[1])
        self.assertIn("acme: taken", self.why("[gst-heaps]\ninclude=a.conf")[1])


if __name__ == "__main__":
    sys.exit(tap.run(Files, Places, Selection))
