# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The gst-heaps authors
"""Runs a unittest suite and reports in TAP, which meson reads test by test."""

import sys
import unittest


class Result(unittest.TestResult):
    def _point(self, verdict, test, directive=""):
        print(f"{verdict} {self.testsRun} - {test.id().split('.')[-1]}{directive}", flush=True)

    def _failed(self, test, error):
        print(self._exc_info_to_string(error, test), file=sys.stderr)
        self._point("not ok", test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._point("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._point("ok", test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            print(f"{subtest}: {self._exc_info_to_string(err, test)}", file=sys.stderr)
            self._point("not ok", test)


def run(*cases):
    """Runs the TestCase classes; the result is the exit status."""
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = Result()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1
