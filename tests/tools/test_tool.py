# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""gst-heaps-1.0 as its users run it: a process, with fake heaps and with none.

usage: test_tool.py TOOL-OVER-THE-FAKE TOOL
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

COMPLETION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../gst/tools/bash-completion")
BOARD = "system;default_cma_region;reserved;video@c000000"
PROCESS_HEAPS = ["process", "process-contiguous"]
PROPERTIES = ["importable", "contiguous", "cacheable", "protected", "dma32", "decrypted"]


def list_heaps(**variables):
    status, document = run_json("list", **variables)
    assert status == 0
    return {heap["name"]: heap for heap in document["heaps"]}


def answers(heap):
    return {name: fact["answer"] for name, fact in heap["properties"].items()}


class CommandLine(unittest.TestCase):
    def test_version_is_printed(self):
        status, out, _ = run("--version")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^gst-heaps-1\.0 \d+\.\d+\.\d+\n$")

    def test_help_lists_the_commands(self):
        status, out, _ = run("--help")
        self.assertEqual(status, 0)
        for command in ("list", "why", "usage", "probe", "bench", "lint", "alloc", "udev"):
            self.assertRegex(out, rf"(?m)^  {command} ")

    def test_commands_have_help(self):
        for command in ("list", "why", "usage", "probe", "bench", "lint", "alloc", "udev"):
            status, out, _ = run(command, "--help")
            self.assertEqual(status, 0)
            self.assertIn(f"gst-heaps-1.0 {command}", out)
            self.assertIn("--json", out)

    def test_command_lines_that_make_no_sense_are_refused(self):
        for arguments in ([], ["bogus"], ["--bogus"], ["list", "--bogus"], ["list", "x"], ["why", "a", "b"], ["usage", "x"], [""]):
            with self.subTest(arguments):
                status, out, err = run(*arguments)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error: ", err)

    def test_real_tool_runs(self):
        status, document = run_json("list", tool=REAL_TOOL, GST_HEAPS_DIR="/nonexistent")
        self.assertEqual(status, 0)
        self.assertEqual([heap["name"] for heap in document["heaps"]], PROCESS_HEAPS)


class Lint(unittest.TestCase):
    def test_bad_names_have_a_reason_and_a_better_name(self):
        status, document = run_json("lint", "cma-video", "video@42000000")
        bad, good = document["names"]
        self.assertEqual(status, 1)
        self.assertEqual((bad["good"], bad["better-name"]), (False, "video@ADDRESS-contiguous"))
        self.assertEqual(bad["findings"][0]["rule"], "no-implementation")
        self.assertEqual(bad["findings"][0]["severity"], "error")
        self.assertEqual(good, {"name": "video@42000000", "good": True, "better-name": None, "findings": []})

    def test_text_says_what_to_call_it(self):
        status, out, _ = run("lint", "cma-video", "video@42000000")
        self.assertEqual(status, 1)
        self.assertIn("cma-video: call it video@ADDRESS-contiguous\n", out)
        self.assertIn('  error: "cma" is an allocator', out)
        self.assertIn("video@42000000: good\n", out)

    def test_names_of_the_kernel_are_noted_and_accepted(self):
        status, document = run_json("lint", "linux,cma")
        self.assertEqual(status, 0)
        self.assertIn(("documented", "note"), [(f["rule"], f["severity"]) for f in document["names"][0]["findings"]])

    def test_a_name_given_twice_is_not_unique(self):
        status, document = run_json("lint", "video@1000", "video@1000")
        self.assertEqual(status, 1)
        self.assertEqual([name["good"] for name in document["names"]], [False, True])

    def test_without_names_the_heaps_are_checked(self):
        status, document = run_json("lint", FAKE_HEAPS="system;cma-video")
        self.assertEqual(status, 1)
        self.assertEqual({name["name"]: name["good"] for name in document["names"]}, {"system": True, "cma-video": False})

    def test_without_heaps_nothing_is_wrong(self):
        self.assertEqual(run("lint", FAKE_HEAPS=""), (0, "", ""))

    def test_hostile_names_are_told_safely(self):
        for name in ("\x1b[31m", "a\nb", "x" * 10000, "../../etc", b"\xff\xfe", ""):
            with self.subTest(name):
                status, out, _ = run("lint", "--", name)
                self.assertEqual(status, 1)
                self.assertIn("not good" if name != b"\xff\xfe" else "call it", out)


class Usage(unittest.TestCase):
    """What it counts is told by tests/gst/usage.c and tests/device/usage.c; this is how it is told."""

    def test_json_has_heaps_and_how_much_was_not_seen(self):
        status, document = run_json("usage", tool=REAL_TOOL)
        self.assertEqual(status, 0)
        self.assertIsInstance(document["heaps"], list)
        self.assertIsInstance(document["unseen-processes"], int)

    def test_text_is_a_table_or_says_that_there_is_none(self):
        status, out, _ = run("usage", tool=REAL_TOOL)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^(heap +pid +command +held +shared +buffers|No dma-buf was seen)")

    def test_watching_prints_again_until_interrupted(self):
        with subprocess.Popen([REAL_TOOL, "usage", "--watch", "--json"], env=environment(), text=True,
                              stdout=subprocess.PIPE) as process:
            begun = 0
            while begun < 2:
                line = process.stdout.readline()
                self.assertTrue(line)
                begun += line == "{\n"
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=10), -signal.SIGINT)


class List(unittest.TestCase):
    def test_heaps_come_in_order_and_process_last(self):
        self.assertEqual(
            list(list_heaps(FAKE_HEAPS="video@c000000;reserved;default_cma_region;system")),
            ["system", "default_cma_region", "reserved", "video@c000000", *PROCESS_HEAPS],
        )

    def test_properties_have_answer_and_source(self):
        heaps = list_heaps(FAKE_HEAPS=BOARD, FAKE_UDMABUF="1")
        self.assertEqual(list(heaps["system"]["properties"]), PROPERTIES)
        self.assertEqual(heaps["system"]["properties"]["contiguous"]["answer"], "no")
        self.assertEqual(heaps["video@c000000"]["properties"]["contiguous"]["answer"], "yes")
        self.assertEqual(heaps["process"]["properties"]["importable"]["answer"], "yes")
        self.assertEqual(
            heaps["default_cma_region"]["properties"]["contiguous"],
            {"answer": "yes", "source": "kernel documentation"},
        )

    def test_unknown_properties_have_no_source(self):
        heap = list_heaps(FAKE_HEAPS="acme")["acme"]
        self.assertEqual(heap["properties"]["contiguous"], {"answer": "unknown", "source": None})

    def test_configuration_answers(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
            config.write("[acme]\ncontiguous=yes\n")
            config.flush()
            heap = list_heaps(FAKE_HEAPS="acme", GST_HEAPS_CONFIG=config.name)["acme"]
        self.assertEqual(heap["properties"]["contiguous"], {"answer": "yes", "source": "heaps.conf"})

    def test_second_name_of_a_region_is_a_twin(self):
        heaps = list_heaps(FAKE_HEAPS=BOARD)
        self.assertEqual(heaps["reserved"]["twin-of"], "default_cma_region")
        self.assertEqual(heaps["reserved"]["twin-evidence"], "kernel documentation")
        self.assertIsNone(heaps["default_cma_region"]["twin-of"])
        self.assertIsNone(heaps["default_cma_region"]["twin-evidence"])
        _, out, _ = run("list", FAKE_HEAPS=BOARD)
        self.assertRegex(out, r"(?m)^reserved .*\(same region as default_cma_region: kernel documentation\)$")

    def test_device_tree_tells_which_region_is_a_twin(self):
        nodes = "/sys/firmware/devicetree/base/reserved-memory"
        files = [f"{nodes}/display@8000000/compatible=", f"{nodes}/display@8000000/linux,cma-default="]
        files += [f"{nodes}/linux,cma@d000000/compatible="]
        board = {"FAKE_HEAPS": "default_cma_region;linux,cma@d000000;display@8000000", "FAKE_FILES": ";".join(files)}
        heaps = list_heaps(**board)
        self.assertEqual(heaps["display@8000000"]["twin-of"], "default_cma_region")
        self.assertEqual(heaps["display@8000000"]["twin-evidence"], "device tree")
        self.assertIsNone(heaps["linux,cma@d000000"]["twin-of"])
        _, out, _ = run("list", **board)
        self.assertRegex(out, r"(?m)^display@8000000 .*\(same region as default_cma_region: device tree\)$")

    def test_capacity_is_told_where_it_is_known(self):
        region = "/sys/kernel/mm/cma/video@c000000"
        files = f"{region}/total_pages=4096;{region}/available_pages=160;/proc/meminfo=MemTotal: 1024 kB\nMemAvailable: 0 kB\n"
        heaps = list_heaps(FAKE_HEAPS=BOARD, FAKE_FILES=files)
        page = os.sysconf("SC_PAGESIZE")
        self.assertEqual(heaps["video@c000000"]["capacity"], {"total-bytes": 4096 * page, "used-bytes": 3936 * page, "free-bytes": 160 * page})
        self.assertEqual(heaps["process"]["capacity"], {"total-bytes": 1048576, "used-bytes": 1048576, "free-bytes": 0})
        self.assertIsNone(list_heaps(FAKE_HEAPS=BOARD)["video@c000000"]["capacity"])
        _, out, _ = run("list", FAKE_HEAPS=BOARD, FAKE_FILES=files)
        if page == 4096:
            self.assertRegex(out, r"(?m)^video@c000000 .* ok +16\.0M +15\.3M +0\.6M +/dev/dma_heap/video@c000000$")
        self.assertRegex(out, r"(?m)^process .* ok +1\.0M +1\.0M +0\.0M +-$")
        _, out, _ = run("list", FAKE_HEAPS=BOARD)
        self.assertRegex(out, r"(?m)^video@c000000 .* ok +\? +\? +\? +/dev/dma_heap/video@c000000$")

    def test_access_tells_owner_group_and_mode(self):
        access = list_heaps(FAKE_DENIED="system")["system"]["access"]
        self.assertEqual((access["ok"], access["owner"], access["group"], access["mode"]), (False, "root", "root", "0600"))
        self.assertIn("Permission denied", access["error"])
        _, out, _ = run("list", FAKE_DENIED="system")
        self.assertRegex(out, r"(?m)^system .* no: root:root 0600 ")

    def test_no_heap_directory_is_said(self):
        status, out, _ = run("list")
        self.assertEqual(status, 0)
        self.assertIn("No kernel heap", out)
        self.assertEqual(list(list_heaps()), PROCESS_HEAPS)

    def test_table_has_a_line_for_each_heap(self):
        _, out, _ = run("list", FAKE_HEAPS=BOARD)
        lines = out.splitlines()
        self.assertEqual(lines[0].split(), ["heap", *PROPERTIES, "access", "total", "used", "free", "node"])
        self.assertEqual([line.split()[0] for line in lines[1:]], [*BOARD.split(";"), *PROCESS_HEAPS])
        self.assertEqual(lines[1].split()[1:8], ["yes", "no", "yes", "no", "no", "no", "ok"])

    def test_largest_piece_is_looked_for_on_request(self):
        machine = {"FAKE_HEAPS": "system;linux,cma", "FAKE_HUGE_PAGES": "4"}
        heap = list_heaps(**machine)["process-contiguous"]
        self.assertEqual(heap["capacity"], {"total-bytes": 8 << 20, "used-bytes": 0, "free-bytes": 8 << 20})
        self.assertTrue(heap["access"]["ok"])
        status, document = run_json("list", "--largest", **machine)
        self.assertEqual(status, 0)
        capacity = document["heaps"][-1]["capacity"]
        self.assertEqual(capacity["largest-bytes"], 8 << 20)
        _, out, _ = run("list", "--largest", **machine)
        lines = [line.split() for line in out.splitlines()]
        self.assertEqual(lines[0][8:12], ["total", "used", "free", "largest"])
        self.assertEqual(lines[1][11], "?")
        self.assertEqual(lines[-1][8:12], ["8.0M", "0.0M", "8.0M", "8.0M"])

    def test_without_huge_pages_their_heap_says_so(self):
        status, out, _ = run("why", "heap-require=contiguous", FAKE_HEAPS="system")
        self.assertEqual(status, 1)
        self.assertIn("process-contiguous: no huge page is reserved on this machine", out)
        self.assertIn("sysctl vm.nr_hugepages=64", out)
        status, out, _ = run("why", "heap-require=contiguous", FAKE_HEAPS="system", FAKE_HUGE_PAGES="4")
        self.assertEqual(status, 0)
        self.assertIn("process-contiguous: taken", out)
        self.assertIn("process-contiguous has 8388608 bytes in all: 0 used, 8388608 free.", out)

    def test_hostile_names_of_heaps_are_harmless(self):
        hostile = b"caf\xe9\xc2\x9b31mred\xe2\x80\xaetxt"
        names = b"system;" + hostile
        status, out, _ = run("list", FAKE_HEAPS=os.fsdecode(names))
        self.assertEqual(status, 0)
        self.assertIn(r"caf\xe9\xc2\x9b31mred\xe2\x80\xaetxt", out)
        self.assertEqual(len(list_heaps(FAKE_HEAPS=os.fsdecode(names))), 4)


class Why(unittest.TestCase):
    def why(self, selection, **variables):
        """Exit status, the heap that was taken, and the verdicts by name."""
        status, document = run_json("why", *([] if selection is None else [selection]), **variables)
        verdicts = {candidate["name"]: candidate["verdict"] for candidate in document["candidates"]}
        return status, document["heap"], verdicts

    def test_nothing_asked_takes_system(self):
        status, heap, verdicts = self.why(None, FAKE_HEAPS=BOARD)
        self.assertEqual((status, heap, verdicts["process"]), (0, "system", "fits"))

    def test_what_stands_in_is_said(self):
        names = 'heap-name="linux,cma;system"'
        for selection, fallback, reason in (
            (names, True, "fits, for when default_cma_region has no memory left"),
            (names + ", heap-prefer=contiguous", False,
             "fits, but is no fallback: default_cma_region is contiguous, and this is not (kernel documentation)"),
        ):
            document = run_json("why", selection, FAKE_HEAPS="system;default_cma_region")[1]
            candidates = {candidate["name"]: candidate for candidate in document["candidates"]}
            self.assertEqual((candidates["system"]["fallback"], candidates["system"]["reason"]), (fallback, reason))
            self.assertFalse(candidates["default_cma_region"]["fallback"])

    def test_nothing_asked_is_what_the_environment_asks_for(self):
        variables = {"FAKE_HEAPS": "system;default_cma_region", "GST_HEAPS": "heap-require=contiguous"}
        status, out, _ = run("why", **variables)
        self.assertEqual(status, 0)
        self.assertTrue(out.startswith("default_cma_region: taken\n"), out)
        self.assertTrue(out.endswith("Asked for by GST_HEAPS: heap-require=contiguous\n"), out)
        self.assertEqual(run_json("why", **variables)[1]["selection"], "heap-require=contiguous")
        self.assertIn("system: taken", run("why", "system", **variables)[1])
        status, _, err = run("why", **(variables | {"GST_HEAPS": "heap-require=contigous"}))
        self.assertEqual(status, 2)
        self.assertIn("GST_HEAPS", err)

    def test_nothing_asked_takes_process_without_heaps(self):
        self.assertEqual(self.why(None), (0, "process", {"process": "taken", "process-contiguous": "not-default"}))

    def test_required_property_takes_the_heap_that_has_it(self):
        status, heap, verdicts = self.why("heap-require=contiguous", FAKE_HEAPS=BOARD)
        self.assertEqual((status, heap), (0, "default_cma_region"))
        self.assertEqual((verdicts["system"], verdicts["reserved"]), ("lacks", "twin"))

    def test_unmet_requirement_is_a_no(self):
        status, heap, verdicts = self.why("heap-require=contiguous", FAKE_HEAPS="system")
        self.assertEqual((status, heap), (1, None))
        self.assertEqual(verdicts, {"system": "lacks", "process": "lacks", "process-contiguous": "empty"})

    def test_names_are_tried_in_order(self):
        status, heap, verdicts = self.why("nope;video@c000000;system", FAKE_HEAPS=BOARD)
        self.assertEqual((status, heap, verdicts["nope"]), (0, "video@c000000", "absent"))

    def test_alias_is_told(self):
        status, document = run_json("why", "linux,cma", FAKE_HEAPS=BOARD)
        taken = [candidate for candidate in document["candidates"] if candidate["verdict"] == "taken"]
        self.assertEqual((status, len(taken)), (0, 1))
        self.assertEqual((taken[0]["name"], taken[0]["requested-name"]), ("default_cma_region", "linux,cma"))

    def test_absent_heap_is_a_no_that_lists_those_there(self):
        status, out, _ = run("why", "nope", FAKE_HEAPS=BOARD)
        self.assertEqual(status, 1)
        self.assertIn("nope: there is no such heap", out)
        self.assertIn("video@c000000", out)

    def test_no_permission_is_a_no_with_the_udev_rule(self):
        status, out, _ = run("why", "system", FAKE_DENIED="system")
        self.assertEqual(status, 1)
        self.assertIn("owner root, group root, mode 0600", out)
        self.assertIn('SUBSYSTEM=="dma_heap", KERNEL=="system"', out)

    def test_denied_heap_is_passed_over_for_the_next(self):
        status, heap, verdicts = self.why("heap-require=contiguous", FAKE_HEAPS="video@c000000", FAKE_DENIED="linux,cma")
        self.assertEqual((status, heap, verdicts["linux,cma"]), (0, "video@c000000", "cannot-open"))

    def test_unknown_property_is_a_no_that_tells_how_to_declare_it(self):
        status, out, _ = run("why", "heap-name=acme, heap-require=contiguous", FAKE_HEAPS="acme")
        self.assertEqual(status, 1)
        self.assertIn("[acme]\n  contiguous=yes", out)

    def test_text_and_json_tell_the_same(self):
        _, out, _ = run("why", "heap-require=contiguous", FAKE_HEAPS=BOARD)
        _, document = run_json("why", "heap-require=contiguous", FAKE_HEAPS=BOARD)
        self.assertEqual(out.strip(), document["explanation"].strip())
        for candidate in document["candidates"]:
            self.assertIn(f"{candidate['name']}: {candidate['reason']}\n", out)

    def test_selection_is_told_as_it_was_understood(self):
        _, document = run_json("why", "heap-require=cacheable+contiguous", FAKE_HEAPS=BOARD)
        self.assertEqual(document["selection"], "heap-require=contiguous+cacheable")

    def test_selections_that_make_no_sense_are_refused(self):
        for selection in ("heap-require=shiny", "x=y", "heap-require=", "=", "heap-name=a, heap-name", "heap-name=(int)1"):
            with self.subTest(selection):
                status, out, err = run("why", selection, FAKE_HEAPS=BOARD)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("error: ", err)

    def test_hostile_selections_are_answered(self):
        for selection in (
            "x" * 10240,
            "heap-name=" + "x" * 10240,
            "heap-require=" + "x" * 10240,
            "a;" * 5120,
            "\x1b[31mred",
            "heap-name=\x1b[31mred",
            "heap-require=\x1b]0;title\x07",
            os.fsdecode(b"caf\xe9\xc2\x9b"),
            os.fsdecode(b"heap-name=\"caf\xe9\xc2\x9b\""),
            "../../etc/passwd",
            "/dev/zero",
            ".;..;",
            "%s%n%s",
            "heap-name=\"\\",
        ):
            with self.subTest(selection[:40]):
                status, out, err = run("why", selection, FAKE_HEAPS=BOARD)
                self.assertIn(status, (1, 2))
                self.assertTrue(out if status == 1 else err)
                self.assertLess(len(err), 4096)

    def test_nothing_but_an_answer_is_opened_outside_the_directory(self):
        for name in ("../system", "x/../system", "/dev/dma_heap/system"):
            self.assertEqual(self.why(name, FAKE_HEAPS="system")[:2], (1, None))


class Output(unittest.TestCase):
    def start(self, *arguments, **options):
        return subprocess.Popen(
            [FAKE_TOOL, *arguments], env=environment(FAKE_HEAPS=BOARD), stderr=subprocess.PIPE, **options
        )

    def test_closed_pipe_ends_it_without_a_word(self):
        for restore_signals in (True, False):
            reader, writer = os.pipe()
            os.close(reader)
            # Python ignores SIGPIPE, and so does the child unless it is restored.
            process = self.start("list", "--json", stdout=writer, restore_signals=restore_signals)
            os.close(writer)
            self.assertEqual(process.communicate(timeout=30)[1], b"")
            self.assertEqual(process.returncode, -signal.SIGPIPE)

    def test_full_disk_is_an_error(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            process = self.start("list", stdout=full)
            self.assertIn(b"No space left", process.communicate(timeout=30)[1])
        self.assertEqual(process.returncode, 3)

    def on_terminal(self, **variables):
        """What the tool writes to a terminal."""
        master, slave = pty.openpty()
        subprocess.run(
            [FAKE_TOOL, "list"], env=environment(FAKE_HEAPS="system", TERM="xterm", **variables), stdout=slave, check=True
        )
        os.close(slave)
        written = os.read(master, 65536)
        os.close(master)
        return written

    def test_heading_is_bold_on_a_terminal_only(self):
        self.assertTrue(self.on_terminal().startswith(b"\x1b[1mheap"))
        self.assertNotIn(b"\x1b", self.on_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b", run("list", FAKE_HEAPS="system")[1])


class Completion(unittest.TestCase):
    SCRIPT = """
        source "$1"; shift
        compopt() { :; }
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _gst_heaps "$1"
        printf '%s\\n' "${COMPREPLY[@]}"
    """

    def complete(self, *words, heaps="system;video@c000000", cwd=None):
        result = subprocess.run(
            ["bash", "-c", self.SCRIPT, "bash", COMPLETION, FAKE_TOOL, *words],
            env=environment(FAKE_HEAPS=heaps), cwd=cwd, capture_output=True, text=True, check=True, timeout=30,
        )
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_commands_fields_heaps_and_properties_are_completed(self):
        self.assertEqual(self.complete("li"), ["list", "lint"])
        self.assertEqual(self.complete("why", "heap-r"), ["heap-require="])
        self.assertEqual(self.complete("probe", "--s"), ["--size="])
        self.assertEqual(self.complete("probe", "--heap-require", "=", "p"), ["protected"])
        self.assertEqual(self.complete("probe", "v"), ["video@c000000"])
        self.assertEqual(self.complete("bench", "--f"), ["--frames="])
        self.assertEqual(self.complete("bench", "s"), ["system"])
        self.assertEqual(self.complete("why", "v"), ["video@c000000"])
        self.assertEqual(self.complete("why", "heap-name", "="), ["system", "video@c000000", *PROCESS_HEAPS])
        self.assertEqual(self.complete("why", "heap-require", "=", "c"), ["contiguous", "cacheable"])

        self.assertEqual(self.complete("udev", "v"), ["video@c000000"])
        self.assertEqual(self.complete("alloc", "--co"), ["--count="])
        self.assertEqual(self.complete("alloc", "--heap-forbid", "c"), ["contiguous", "cacheable"])
        self.assertEqual(self.complete("list", "--largest", "--j"), ["--json"])
        self.assertEqual(self.complete("alloc", "--heap-name", "=", "v"), ["video@c000000"])
        for group in (["--group", "roo"], ["--group", "=", "roo"]):
            self.assertEqual(self.complete("udev", *group), ["root"])

    def test_numbers_are_not_completed(self):
        for words in (["alloc", "--count", "="], ["alloc", "--count", ""], ["why", "heap-fd", "="], ["probe", "--size", "="]):
            self.assertEqual(self.complete(*words), [])

    def test_names_of_heaps_are_not_run(self):
        with tempfile.TemporaryDirectory() as directory:
            self.complete("why", "", heaps="$(touch a);`touch b`", cwd=directory)
            self.assertEqual(os.listdir(directory), [])


if __name__ == "__main__":
    sys.exit(tap.run(CommandLine, List, Why, Usage, Lint, Output, Completion))
