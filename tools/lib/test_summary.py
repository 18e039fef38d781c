"""Counts the test cases of `bazel test` runs.

    test_summary.py EVENTS…

EVENTS is what --build_event_json_file wrote, one file a run. Prints each failed case and, last,
the line `N passed, N failed`. A test target that gave no cases of its own (it
crashed, timed out, or never got built) counts as one failed case, a shell test
as one case. Exit code 1 when anything failed or nothing ran.
"""

import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree


def read_events(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def read_cases(path):
    """Returns (passed names, failed names, skipped names) of a test.xml."""
    passed, failed, skipped = [], [], []
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return passed, failed, skipped
    for case in root.iter('testcase'):
        name = '%s.%s' % (case.get('classname', ''), case.get('name', ''))
        name = name.lstrip('.')
        if case.get('status') == 'notrun':
            continue
        if case.find('failure') is not None or case.find('error') is not None:
            failed.append(name)
        elif (case.find('skipped') is not None or
              case.get('result') == 'skipped'):
            skipped.append(name)
        else:
            passed.append(name)
    return passed, failed, skipped


class Run:
    """What one bazel invocation said about its tests."""

    def __init__(self):
        # target -> [(status, path of test.xml or None)], one per shard.
        self.results = {}
        # Targets that should have been tested.
        self.expected = set()

    def add(self, event):
        identity = event.get('id', {})
        if 'targetConfigured' in identity:
            kind = event.get('configured', {}).get('targetKind', '')
            if kind.endswith('_test rule'):
                self.expected.add(identity['targetConfigured']['label'])
        elif 'testResult' in identity and 'testResult' in event:
            result = event['testResult']
            xml_path = None
            for output in result.get('testActionOutput', []):
                if output.get('name') == 'test.xml':
                    uri = urllib.parse.urlparse(output.get('uri', ''))
                    xml_path = urllib.parse.unquote(uri.path)
            self.results.setdefault(
                identity['testResult']['label'], []).append(
                    (result.get('status', 'NO_STATUS'), xml_path))


def summarize(run):
    """Returns (passed, [failed lines], skipped)."""
    passed, failures, skips = 0, [], 0
    for label in sorted(run.expected | set(run.results)):
        if label not in run.results:
            failures.append('%s: was not built' % label)
            continue
        for status, xml_path in run.results[label]:
            good, bad, skipped = read_cases(xml_path or '')
            if status == 'PASSED':
                passed += len(good) or (0 if skipped else 1)
                skips += len(skipped)
                continue
            passed += len(good)
            skips += len(skipped)
            cases = [name for name in bad if name] or [status.lower()]
            failures += ['%s: %s' % (label, name) for name in cases]
    return passed, failures, skips


def summarize_all(paths):
    """The same of all runs; one in which nothing ran counts as a failure."""
    passed, failures, skips = 0, [], 0
    for path in paths:
        run = Run()
        if os.path.exists(path):
            for event in read_events(path):
                run.add(event)
        good, bad, skipped = summarize(run)
        passed += good
        failures += bad
        skips += skipped
        if not run.expected and not run.results:
            failures.append('no test ran: the build did not get that far')
    return passed, failures, skips


def main():
    passed, failures, skips = summarize_all(sys.argv[1:])
    if failures:
        print('Failed:')
        for line in failures:
            print('  ' + line)
    tail = ', %d skipped' % skips if skips else ''
    print('%d passed, %d failed%s' % (passed, len(failures), tail))
    return 1 if failures or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
