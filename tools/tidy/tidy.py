#!/usr/bin/env python3
"""Checks the tree against the house rules (STYLE.md, ARCHITECTURE.md).

    tools/tidy/tidy.py [--root DIR] [PATH…]

Without paths the whole tree is checked, with paths only findings below them
are shown. Prints `path:line: rule: what to do`, one finding a line; exit code
1 if there is any.
"""

import argparse
import os
import sys

import budgets
import floors
import tree
import words
from source import Source

_TEXT = ('.h', '.cc', '.proto', '.py', '.sh', '.bzl', '.bazel', '.md', '.yaml',
         '.yml', '.txt', '.json', '.bazelrc', 'WORKSPACE', '.ci/run')


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8',
              errors='replace') as file:
        return Source(path, file.read())


def _is_text(root, path):
    if path.endswith(_TEXT):
        return True
    if not path.startswith(('tools/', 'tests/')) or '.' in path:
        return False
    with open(os.path.join(root, path), 'rb') as file:
        return file.read(2) == b'#!'


def check_source(source, pure_files):
    """Rules that need one file only."""
    found = list(words.check_unfinished(source))
    if source.is_cpp:
        pure = floors.is_pure(source.path, pure_files)
        found += budgets.check(source)
        found += floors.check(source, pure_files)
        found += words.check(source, pure)
    elif source.path.endswith('.proto'):
        found += budgets.check_columns(source)
    elif source.path.endswith(('.py', '.sh', '.bzl')):
        found += budgets.check_file_size(source)
    return found


def check_tree(root):
    """Every finding in the tree at `root`."""
    paths = tree.walk(root)
    pure_files = tree.pure_files(root, paths)
    machine = tree.machine_words(root)
    found = list(tree.check_top_level(root))
    found += tree.check_readmes(root, paths)
    found += tree.check_tests(paths, pure_files)
    for path in paths:
        if tree.is_vendored(path) or not _is_text(root, path):
            continue
        source = read(root, path)
        found += check_source(source, pure_files)
        found += tree.check_machine_paths(source, machine)
    return sorted(found, key=lambda finding: finding.key())


def main():
    parser = argparse.ArgumentParser(
        description='Checks the tree against the house rules.')
    parser.add_argument('--root', help='the workspace; default: where this '
                        'program lies')
    parser.add_argument('paths', nargs='*', help='show only findings below')
    arguments = parser.parse_args()
    here = os.path.dirname(os.path.realpath(__file__))
    root = arguments.root or os.path.dirname(os.path.dirname(here))
    wanted = tuple(os.path.relpath(os.path.abspath(path), root)
                   for path in arguments.paths)
    found = [finding for finding in check_tree(root)
             if not wanted or finding.path.startswith(wanted)]
    for finding in found:
        print(finding)
    if found:
        print('tidy: %d finding%s' % (len(found), 's' * (len(found) > 1)),
              file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
