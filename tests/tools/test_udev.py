# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""The rules for udev: what the tool prints, whether udev understands it, and what is installed.

usage: test_udev.py TOOL-OVER-THE-FAKE TOOL BUILD-DIRECTORY WHETHER-RULES-ARE-INSTALLED GROUP HEAPS
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import tap
from tool import run, run_json

ALL = 'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"'
HOSTILE = ["a*b?c[d]e", 'q"u\\o|te', "lin ux,cma@8000000", "caf\udce9", "$env{PATH}%k!", "\u009b31m", "x" * 255]
NO_NAMES = ["a/b", "..", "", "a\nb", "\x1b[31m", "x" * 256]
UDEVADM = shutil.which("udevadm", path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def rules_of(*arguments):
    status, document = run_json("udev", *arguments)
    assert status == 0
    return document["rules"]


def can_verify():
    return UDEVADM and subprocess.run([UDEVADM, "verify", "--help"], capture_output=True).returncode == 0


class Udev(unittest.TestCase):
    def test_nothing_asked_is_a_rule_for_all_heaps(self):
        self.assertEqual(rules_of(), [ALL])
        status, out, _ = run("udev")
        self.assertEqual((status, [line for line in out.splitlines() if not line.startswith("#")]), (0, [ALL]))
        self.assertIn("/etc/udev/rules.d/70-gst-heaps.rules", out)
        self.assertIn("udevadm trigger --subsystem-match=dma_heap\n", out)

    def test_text_and_json_are_the_same(self):
        status, document = run_json("udev", "--group=render", "linux,cma", "process")
        self.assertEqual((status, document["path"]), (0, "/etc/udev/rules.d/70-gst-heaps.rules"))
        self.assertEqual((document["group"], document["text"]), ("render", run("udev", "--group=render", "linux,cma", "process")[1]))

    def test_heaps_and_group_are_in_the_rules(self):
        self.assertEqual(rules_of("--group", "render", "linux,cma@8000000", "process"), [
            'SUBSYSTEM=="dma_heap", KERNEL=="linux,cma@8000000", GROUP="render", MODE="0660"',
            'SUBSYSTEM=="misc", KERNEL=="udmabuf", GROUP="render", MODE="0660"',
        ])

    def test_advice_is_one_of_these_rules(self):
        _, out, _ = run("why", "video@c000000", FAKE_DENIED="video@c000000")
        self.assertIn("\n  " + rules_of("video@c000000")[0] + "\n", out)
        self.assertIn("gst-heaps-1.0 udev", out)

    def test_what_cannot_be_called_so_is_refused(self):
        for arguments in ([name] for name in NO_NAMES):
            with self.subTest(arguments):
                status, out, err = run("udev", *arguments)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("no heap can be called", err)
        for group in ("", "a b", 'video", RUN+="/bin/sh', "%k", "caf\u00e9", "-v"):
            with self.subTest(group):
                status, out, err = run("udev", "--group=" + group)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("no name of a group", err)

    def test_hostile_names_stay_one_value_of_ascii(self):
        for rule in rules_of(*HOSTILE):
            self.assertRegex(rule, r'^SUBSYSTEM=="dma_heap", KERNEL=="[][*?a-zA-Z0-9_,@.:+=-]+", GROUP="video", MODE="0660"$')

    @unittest.skipUnless(can_verify(), "there is no udevadm that can verify (systemd 254)")
    def test_udev_understands_the_rules(self):
        with tempfile.TemporaryDirectory() as directory:
            for arguments in ([], ["system", "linux,cma@8000000", "process"], HOSTILE):
                path = os.path.join(directory, "70-gst-heaps.rules")
                with open(path, "w", encoding="ascii") as file:
                    file.write(run("udev", "--group=root", *arguments)[1])
                result = subprocess.run([UDEVADM, "verify", path], capture_output=True, text=True)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            with open(path, "a", encoding="ascii") as file:
                file.write('KERNEL="x"\n')
            self.assertNotEqual(subprocess.run([UDEVADM, "verify", path], capture_output=True).returncode, 0)


class Installed(unittest.TestCase):
    def installed(self):
        """What `meson install` puts where, of the rules alone."""
        with tempfile.TemporaryDirectory() as directory:
            meson = shutil.which("meson", path="/usr/bin:" + os.environ["PATH"])
            subprocess.run(
                [meson, "install", "-C", sys.argv[3], "--no-rebuild", "--tags", "udev", "--destdir", directory],
                check=True, capture_output=True, timeout=60,
            )
            paths = [path for path in glob.glob(directory + "/**", recursive=True) if os.path.isfile(path)]
            return {path[len(directory):]: open(path, encoding="ascii").read() for path in paths}

    def test_rules_are_installed_where_that_was_asked_for(self):
        wanted, group, heaps = sys.argv[4] == "true", sys.argv[5], sys.argv[6].split()
        files = self.installed()
        self.assertEqual(len(files), wanted)
        for path, text in files.items():
            self.assertTrue(path.endswith("/udev/rules.d/70-gst-heaps.rules"), path)
            self.assertEqual(text, run("udev", "--group", group, *heaps)[1])


if __name__ == "__main__":
    sys.exit(tap.run(Udev, Installed))
