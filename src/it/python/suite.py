"""Runs the tests of centrifuge-python that talk to a server: suite.py DIRECTORY DECLINED...

DIRECTORY holds the package's sources. A test whose name ends in one of DECLINED is left out. Prints "passed N" and
"declined N"; the exit code is 1 if a test failed or the whole takes more than 60 s.
"""

import faulthandler
import os
import sys
import unittest


def tests(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests(test)
        else:
            yield test


directory, *declined = sys.argv[1:]
faulthandler.dump_traceback_later(60, exit=True)
sys.path.insert(0, directory)
found = list(tests(unittest.defaultTestLoader.loadTestsFromName("tests.test_client")))
# In the order of the file: some of the later tests expect replies at the speed of a server that is warm.
found.sort(key=lambda test: getattr(test, test.id().rsplit(".")[-1]).__code__.co_firstlineno)
chosen = [t for t in found if not t.id().endswith(tuple(declined))]
result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.TestSuite(chosen))
print("passed", result.testsRun - len(result.failures) - len(result.errors) - len(result.skipped))
print("declined", len(found) - len(chosen))
sys.stdout.flush()
os._exit(0 if result.wasSuccessful() else 1)
