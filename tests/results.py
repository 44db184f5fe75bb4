#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Adds up the logs of several meson test runs and says what failed and what was skipped, and why.

usage: results.py NAME=testlog.json...

A test that speaks TAP counts as its test points, a program of libcheck as its checks, any other as one. The last line is "N passed, N failed, N skipped";
a log that is missing or empty counts as a failure, since a run that tested nothing has not passed.
"""

import json
import pathlib
import re
import sys

POINT = re.compile(r"^(not )?ok \d+ *(?:- *)?([^#\n]*)(?:# *(SKIP|TODO)\S*[ :]*(.*))?$", re.I | re.M)

CHECKS = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
CHECK_THAT_FAILED = re.compile(r"^(\S+:\d+):[FE]:[^:]*:([^:]*):\d+: (.*)$", re.M)


def last_line(text):
    lines = text.strip().splitlines()
    return re.sub(r"^1\.\.0 *# *SKIP *", "", lines[-1].strip()) if lines else "no reason given"


def points_of_tap(test, output):
    """(verdict, name, reason) of each test point."""
    for failed, name, directive, reason in POINT.findall(output):
        name = f"{test['name']}: {name.strip()}"
        if directive.upper() == "SKIP":
            yield "skipped", name, reason.strip() or "no reason given"
        elif failed and directive.upper() != "TODO":
            yield "failed", name, "not ok"
        else:
            yield "passed", name, ""


def points_of_checks(test, output):
    """The same of a program of libcheck, which names only what failed."""
    for checks, failures, errors in CHECKS.findall(output):
        yield from [("passed", test["name"], "")] * (int(checks) - int(failures) - int(errors))
    for place, name, message in CHECK_THAT_FAILED.findall(output):
        yield "failed", f"{test['name']}: {name}", f"{place}: {message}"


def verdicts_of(test):
    """(verdict, name, reason) of each thing that one entry of meson's log tested."""
    result, output = test["result"], test.get("stdout") or ""
    speaks_tap = re.search(r"^1\.\.\d+", output, re.M)
    points = list((points_of_tap if speaks_tap else points_of_checks)(test, output))
    good = result in ("OK", "EXPECTEDFAIL", "SKIP")
    if not good and not any(verdict == "failed" for verdict, _, _ in points):
        points.append(("failed", test["name"], f"{result}, exit status {test.get('returncode')}"))
    if points:
        return points
    if result == "SKIP":
        return [("skipped", test["name"], last_line(output or test.get("stderr") or ""))]
    return [("passed", test["name"], "")]


def verdicts_of_log(path):
    try:
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    verdicts = [verdict for line in lines for verdict in verdicts_of(json.loads(line))]
    return verdicts or [("failed", "the run as a whole", "it left no test log")]


def count(verdicts):
    kinds = [verdict for verdict, _, _ in verdicts]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("passed", "failed", "skipped"))


def main(arguments):
    if not arguments or "--help" in arguments:
        print(__doc__)
        return 0 if arguments else 2
    runs = {name: verdicts_of_log(path) for name, path in (argument.split("=", 1) for argument in arguments)}
    for name, verdicts in runs.items():
        print(f"{name}: {count(verdicts)}")
    for kind in ("failed", "skipped"):
        for name, verdicts in runs.items():
            for _, test, reason in (verdict for verdict in verdicts if verdict[0] == kind):
                print(f"{kind}: {name}: {test}: {reason}")
    everything = sum(runs.values(), [])
    print(count(everything))
    return int(any(verdict == "failed" for verdict, _, _ in everything))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
