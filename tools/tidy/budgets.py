"""Sizes: no file, function or class grows past what one head can hold."""

import re

from shape import read_shape
from source import Finding

SOURCE_LINES = 500
HEADER_LINES = 250
TEST_LINES = 800
FUNCTION_LINES = 70
COLUMNS = 80
PUBLIC_METHODS = 15
DATA_MEMBERS = 15
CONSTRUCTOR_PARAMETERS = 6


def line_budget(source):
    if source.is_test:
        return TEST_LINES
    return HEADER_LINES if source.is_header else SOURCE_LINES


def check_file_size(source):
    budget = line_budget(source)
    if len(source.lines) > budget:
        yield Finding(source.path, budget + 1, 'file-length',
                      '%d lines, budget %d; find the second noun and give it '
                      'a file' % (len(source.lines), budget))


def check_columns(source):
    for number, line in enumerate(source.lines, 1):
        if len(line) <= COLUMNS:
            continue
        if re.match(r'^\s*#\s*(include|ifndef|define|endif)\b', line):
            continue
        if re.search(r'https?://\S{40,}', line):
            continue
        yield Finding(source.path, number, 'line-length',
                      '%d columns, budget %d; break the line' %
                      (len(line), COLUMNS))


def check_shape(source):
    functions, classes = read_shape(source)
    for function in functions:
        if function.line_count > FUNCTION_LINES:
            yield Finding(
                source.path, function.first_line, 'function-length',
                '%s has %d lines, budget %d; name its steps and split it' %
                (function.name, function.line_count, FUNCTION_LINES))
    for entry in classes:
        yield from _check_class(source.path, entry)


def _check_class(path, entry):
    name = entry.name or 'unnamed class'
    # Overloads are one verb to learn.
    methods = len(set(entry.public_methods))
    if methods > PUBLIC_METHODS:
        yield Finding(path, entry.line, 'public-methods',
                      '%s has %d public methods, budget %d; it has two jobs, '
                      'split it' % (name, methods, PUBLIC_METHODS))
    members = len(entry.data_members)
    if members > DATA_MEMBERS:
        yield Finding(path, entry.line, 'data-members',
                      '%s has %d data members, budget %d; group those that '
                      'change together' % (name, members, DATA_MEMBERS))
    for line, count in entry.constructors:
        if count > CONSTRUCTOR_PARAMETERS:
            yield Finding(path, line, 'constructor-parameters',
                          '%s takes %d parameters, budget %d; take a Deps or '
                          'Options struct' %
                          (name, count, CONSTRUCTOR_PARAMETERS))
    for line in entry.friends:
        yield Finding(path, line, 'friend',
                      'no class has friends; test and use it through its '
                      'public methods')


def check(source):
    """All size rules for one C++ source."""
    yield from check_file_size(source)
    yield from check_columns(source)
    yield from check_shape(source)
