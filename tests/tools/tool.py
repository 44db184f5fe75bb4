# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Runs gst-heaps-1.0 for tests that were given the tool over the fake, and the tool, as their first arguments."""

import json
import os
import re
import subprocess
import sys

FAKE_TOOL, REAL_TOOL = map(os.path.abspath, sys.argv[1:3])
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def environment(**variables):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FAKE_", "GST_HEAPS"))}
    return {**clean, "GST_HEAPS_CONFIG": "/dev/null", "LC_ALL": "C.UTF-8", **variables}


def run(*arguments, tool=FAKE_TOOL, **variables):
    """Exit status, stdout and stderr; everything but newlines that could steer a terminal is a failure."""
    result = subprocess.run([tool, *arguments], env=environment(**variables), capture_output=True, timeout=30)
    out, err = result.stdout.decode(), result.stderr.decode()
    assert not CONTROLS.search(out + err), f"control characters in {out!r} {err!r}"
    return result.returncode, out, err


def run_json(*arguments, **variables):
    status, out, _ = run(*arguments, "--json", **variables)
    return status, json.loads(out)
