"""The counting of test cases, on made-up runs.

The folder of test_summary.py is the first argument; the rest is unittest's.
"""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, sys.argv.pop(1))
# pylint: disable=wrong-import-position
import test_summary  # noqa: E402

_GTEST = """<testsuites tests="4"><testsuite name="A">
<testcase name="Good" status="run" result="completed" classname="A"/>
<testcase name="Bad" status="run" classname="A"><failure message="x"/></testcase>
<testcase name="Off" status="notrun" classname="A"/>
<testcase name="Skipped" status="run" result="skipped" classname="A"/>
</testsuite></testsuites>"""


class TestSummaryTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.run_ = test_summary.Run()

    def target(self, label, status=None, xml=None):
        self.run_.add({
            'id': {'targetConfigured': {'label': label}},
            'configured': {'targetKind': 'cc_test rule'},
        })
        if status is None:
            return
        outputs = []
        if xml is not None:
            path = os.path.join(self.folder.name, 'test.xml')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(xml)
            outputs = [{'name': 'test.xml', 'uri': 'file://' + path}]
        self.run_.add({
            'id': {'testResult': {'label': label}},
            'testResult': {'status': status, 'testActionOutput': outputs},
        })

    def counts(self):
        passed, failures, skipped = test_summary.summarize(self.run_)
        return passed, len(failures), skipped

    def test_cases_are_counted_one_by_one(self):
        self.target('//a:a', 'FAILED', _GTEST)
        self.assertEqual((1, 1, 1), self.counts())

    def test_a_passed_target_without_cases_is_one(self):
        self.target('//a:a', 'PASSED')
        self.assertEqual((1, 0, 0), self.counts())

    def test_a_crash_is_a_failure_though_no_case_says_so(self):
        self.target('//a:a', 'FAILED', '<testsuites/>')
        self.assertEqual((0, 1, 0), self.counts())
        self.target('//a:b', 'TIMEOUT', 'not xml')
        self.assertEqual((0, 2, 0), self.counts())

    def test_a_target_that_was_not_built_is_a_failure(self):
        self.target('//a:a')
        self.assertEqual((0, 1, 0), self.counts())

    def test_of_several_runs_one_without_tests_is_a_failure(self):
        xml = os.path.join(self.folder.name, 'test.xml')
        with open(xml, 'w', encoding='utf-8') as file:
            file.write(_GTEST)
        run = os.path.join(self.folder.name, 'run')
        with open(run, 'w', encoding='utf-8') as file:
            json.dump({
                'id': {'testResult': {'label': '//a:a'}},
                'testResult': {'status': 'PASSED', 'testActionOutput': [
                    {'name': 'test.xml', 'uri': 'file://' + xml}]},
            }, file)
        nothing = os.path.join(self.folder.name, 'nothing')
        passed, failures, skipped = test_summary.summarize_all([run, nothing])
        self.assertEqual((1, 1, 1), (passed, len(failures), skipped))
        passed, failures, skipped = test_summary.summarize_all([run, run])
        self.assertEqual((2, 0, 2), (passed, len(failures), skipped))

    def test_libraries_are_no_tests(self):
        self.run_.add({'id': {'targetConfigured': {'label': '//a:b'}},
                       'configured': {'targetKind': 'cc_library rule'}})
        self.assertEqual((0, 0, 0), self.counts())


if __name__ == '__main__':
    unittest.main()
