# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""What the tracer costs: processor time of the same pipeline with and without it, by turns, the least of several.

usage: tracer.py DIRECTORY-OF-THE-PLUGIN [--buffers N] [--rounds N] [--json]

A pipeline of 5 links, and one of 30. Fails when the first takes more than 2 % of a processor at 1000 buffers a second.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

MOST_PERCENT = 2
BUFFERS_PER_SECOND = 1000
# With 4 links, and one for each identity.
PIPELINE = "videotestsrc pattern=black num-buffers={} ! video/x-raw,width=64,height=64 ! heapupload ! queue ! {}fakesink sync=false"
LINKS = (5, 30)


def seconds(plugin, registry, buffers, links, tracers):
    pipeline = PIPELINE.format(buffers, "identity ! " * (links - 4))
    env = os.environ | {"GST_PLUGIN_PATH": plugin, "GST_REGISTRY": registry, "GST_TRACERS": tracers}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["gst-launch-1.0", "-q", *pipeline.split()], env=env, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cost(plugin, registry, buffers, links, rounds):
    """Seconds of a processor that each buffer takes more."""
    times = {"": [], "heaps": []}
    for _ in range(rounds):
        for tracers, list_of_times in times.items():
            list_of_times.append(seconds(plugin, registry, buffers, links, tracers))
    return (min(times["heaps"]) - min(times[""])) / buffers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plugin")
    parser.add_argument("--buffers", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile() as registry:
        seconds(arguments.plugin, registry.name, 1, LINKS[0], "")
        costs = [cost(arguments.plugin, registry.name, arguments.buffers, links, arguments.rounds) for links in LINKS]
    percents = [each * BUFFERS_PER_SECOND * 100 for each in costs]
    if arguments.json:
        print(json.dumps([{"links": links, "ns-per-buffer": round(each * 1e9), "percent": round(percent, 3)}
                          for links, each, percent in zip(LINKS, costs, percents)]))
    else:
        for links, each, percent in zip(LINKS, costs, percents):
            print(f"{each * 1e6:.2f} us a buffer over {links} links: {percent:.2f} % of a processor at {BUFFERS_PER_SECOND} buffers a second")
    return 0 if percents[0] < MOST_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
