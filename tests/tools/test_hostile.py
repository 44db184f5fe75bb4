# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Every command of gst-heaps-1.0 where things go wrong: it ends, with an exit code that is documented, says nothing
that steers a terminal, and its JSON is JSON. Which commands there are the tool says itself.

usage: test_hostile.py TOOL-OVER-THE-FAKE TOOL
"""

import errno
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
from concurrent.futures import ThreadPoolExecutor

import tap
from tool import CONTROLS, FAKE_TOOL, environment

OK, NO, USAGE, WRITE = range(4)

# How a command is called to do its work; one that is not here is called by its name alone.
ARGUMENTS = {
    "alloc": ["--for=0", "64K"],
    "list": ["--largest"],
    "why": ["heap-require=contiguous"],
    "bench": ["--milliseconds=1", "--pairs=1", "--frames=16x16"],
    "probe": ["--milliseconds=1", "--size=4096", "--largest=65536"],
}
# What a command says of a name that is as it should not be; one that is not here may say anything.
OF_NAMES = {"list": {USAGE}, "usage": {USAGE}, "why": {NO, USAGE}, "lint": {NO}, "udev": {OK, USAGE}, "alloc": {USAGE}}

BOARD = "system;default_cma_region;video@c000000"
MACHINES = {
    "no heaps": {},
    "no permission": {"FAKE_DENIED": BOARD},
    "a full heap": {"FAKE_FULL": BOARD},
    "heaps": {"FAKE_HEAPS": BOARD},
}

# Of a heap or of an argument, as bytes: a name goes on to the end of the text, or to the next "/" or NUL.
HOSTILE_NAMES = {
    "colour": b"\x1b[31mred",
    "title": b"\x1b]0;title\x07",
    "control characters of eight bits": b"a\xc2\x9b31mred",
    "control characters": b"a\nb\rc\x08d\x7f",
    "no UTF-8": b"caf\xe9\xff",
    "text that turns round": b"a\xe2\x80\xaetxt.exe",
    "10 kB": b"x" * 10240,
    "path": b"../../etc/passwd",
    "formats": b"%s%n%s",
    "nothing": b"",
}
HOSTILE_OPTIONS = [b"--bogus", b"-Z", b"--\x1b[31mred", b"--caf\xe9\xff", b"--" + b"x" * 10240, b"--bogus=\x1b]0;title\x07"]

BROKEN_CONFIG = b"stray\n[\x1b[31m]\n[video@c000000]\n\x1b]0;t\x07=1\nmax-bytes=-1\n[caf\xe9\ndma32=yes\n[x\n"

# What a command writes on a terminal by itself: bold type and its end, home, erase to the end, long lines cut and not,
# and the line's beginning.
OF_TERMINALS = re.compile(r"\x1b\[(0m|1m|H|J|K|\?7l|\?7h)|\r")
COMPLAINTS = re.compile(r"Sanitizer|runtime error:|CRITICAL \*\*|ERROR \*\*|Assertion|core dumped")


def commands():
    """What --help lists, in its order."""
    text = subprocess.run([FAKE_TOOL, "--help"], env=environment(), capture_output=True, check=True, text=True).stdout
    return re.findall(r"(?m)^  (\w+)  +\S", text.partition("Commands:")[2].partition("Help Options:")[0])


def call(command):
    """The words that make a command do its work."""
    return [os.fsencode(word) for word in (command, *ARGUMENTS.get(command, []))]


def options_of(command):
    """The same without what is no option."""
    return [word for word in call(command)[1:] if word.startswith(b"--")]


class Ended:
    """A command that has ended: its exit code, and what it wrote."""

    def __init__(self, words, stdout=subprocess.PIPE, close_stdout=False, **variables):
        self.words = words
        process = subprocess.run(
            [os.fsencode(FAKE_TOOL), *words], env=environment(**variables), stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.PIPE, timeout=30, preexec_fn=(lambda: os.close(1)) if close_stdout else None,
        )
        self.status, self.out, self.err = process.returncode, process.stdout or b"", process.stderr

    def check(self, statuses):
        """What is wrong with it, in words; nothing where all is well."""
        try:
            out, err = self.out.decode(), self.err.decode()
        except UnicodeDecodeError as error:
            return f"writes what is no UTF-8: {error}"
        if COMPLAINTS.search(out + err):
            return f"is broken: {err}"
        if self.status not in statuses:
            return f"ends with {self.status} and not one of {statuses}: {out[:200]}{err[:1000]}"
        if CONTROLS.search(out + err):
            return f"writes control characters: {out!r} {err!r}"
        if self.status in (USAGE, WRITE) and "error: " not in err:
            return f"does not say what is wrong: {err!r}"
        if self.status == USAGE and out:
            return f"makes no sense of it and prints: {out}"
        if len(err) > 8192:
            return f"has {len(err)} bytes to complain with"
        return self.check_json(out)

    def check_json(self, out):
        if b"--json" not in self.words or self.status not in (OK, NO) or (self.status == NO and not out):
            return None
        try:
            json.loads(out)
        except ValueError as error:
            return f"writes what is no JSON: {error}: {out}"
        return None


def read_terminal(words, columns, **variables):
    """The exit code, and all that is written to a terminal that is so wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    written = b""
    with subprocess.Popen([os.fsencode(FAKE_TOOL), *words], stdin=slave, stdout=slave, stderr=slave,
                          env=environment(TERM="xterm", COLUMNS=str(columns), **variables)) as process:
        os.close(slave)
        while True:
            try:
                written += os.read(master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # the other end is closed
                    raise
                break
    os.close(master)
    return process.returncode, written.decode()


class Every(unittest.TestCase):
    """Each cell is a command in a situation; they run beside each other."""

    def setUp(self):
        self.commands = commands()

    def check(self, cells):
        """Of each cell its name, the exit codes it may end with, the words, and what else Ended() takes. Returns them, ended."""
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            ran = [(name, statuses, pool.submit(Ended, words, **options)) for name, statuses, words, options in cells]
        for name, statuses, ended in ran:
            with self.subTest(name):
                self.assertIsNone(ended.result().check(statuses))
        return [(name, ended.result()) for name, _, ended in ran]

    def test_tool_lists_its_commands(self):
        self.assertLessEqual({"list", "why", "usage", "lint"}, set(self.commands))
        self.assertLessEqual(set(ARGUMENTS), set(self.commands))

    def test_every_machine_is_answered(self):
        self.check(
            (f"{command} {flag} on a machine with {what}", {OK, NO}, [*call(command), *flag], machine)
            for command in self.commands for what, machine in MACHINES.items() for flag in ([], [b"--json"])
        )

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            self.check(
                (f"{command} to {what}", {WRITE}, [*call(command), b"--json"],
                 {**MACHINES["heaps"], **how})
                for command in self.commands for what, how in (("a full disk", {"stdout": full}), ("nowhere", {"close_stdout": True}))
            )

    def test_reader_that_goes_away_ends_it_without_a_word(self):
        for command in self.commands:
            reader, writer = os.pipe()
            os.close(reader)
            ended = Ended([*call(command), b"--json"], stdout=writer, **MACHINES["heaps"])
            os.close(writer)
            with self.subTest(command):
                self.assertEqual((ended.status, ended.err), (-signal.SIGPIPE, b""))

    def test_unknown_options_are_refused(self):
        self.check(
            (f"{command} {option[:40]}", {USAGE}, [command.encode(), option], MACHINES["heaps"])
            for command in self.commands for option in HOSTILE_OPTIONS
        )

    def test_hostile_words_are_told_safely(self):
        self.check(
            (f"{command} {what}", OF_NAMES.get(command, {OK, NO, USAGE}) if name else {OK, NO, USAGE}, [command.encode(), *options_of(command), b"--", name],
             MACHINES["heaps"])
            for command in self.commands for what, name in HOSTILE_NAMES.items()
        )

    def test_hostile_commands_are_refused(self):
        self.check((f"{what} as a command", {USAGE}, [name], {}) for what, name in HOSTILE_NAMES.items())
        self.check((f"{option[:40]} before the command", {USAGE}, [option, b"list"], {}) for option in HOSTILE_OPTIONS)

    def test_heaps_of_hostile_names_are_told_safely(self):
        names = [name for name in HOSTILE_NAMES.values() if 0 < len(name) < 256 and b"/" not in name]
        machine = {
            variable: os.fsdecode(b";".join(names[i::3])) for i, variable in enumerate(("FAKE_HEAPS", "FAKE_DENIED", "FAKE_FULL"))
        }
        self.check(
            (f"{command} {flag}", {OK, NO}, [*call(command), *flag], machine)
            for command in self.commands for flag in ([], [b"--json"])
        )

    def test_broken_configuration_is_told_safely(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "\x1b[31m.conf")
            with open(path, "wb") as file:
                file.write(BROKEN_CONFIG)
            cells = [
                (f"{command} {flag} by {config!r}", {OK, NO}, [*call(command), *flag],
                 {**MACHINES["heaps"], "GST_HEAPS_CONFIG": config})
                for command in self.commands for config in (path, directory, "/nonexistent\x1b[31m") for flag in ([], [b"--json"])
            ]
            for name, ended in self.check(cells):
                with self.subTest(name):
                    self.assertIn(b": warning: ", ended.err)

    def test_narrow_terminals_are_written_to_safely(self):
        for command in self.commands:
            for columns in (20, 0):
                status, text = read_terminal(call(command), columns, **MACHINES["heaps"])
                with self.subTest(f"{command} on {columns} columns"):
                    self.assertIn(status, (OK, NO))
                    self.assertFalse(CONTROLS.search(OF_TERMINALS.sub("", text)), repr(text))
                    self.assertTrue(text)


if __name__ == "__main__":
    sys.exit(tap.run(Every))
