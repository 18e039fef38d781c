"""Calls, names and words that are refused, and what to use instead."""

import re

from source import Finding

_OS_FOLDERS = ('storage/env/', 'tools/', 'tests/')
_ENV = ('storage/env/',)
_PRINTERS = ('tools/', 'tests/')


class Banned:
    """A call refused outside `allowed` folders."""

    def __init__(self, pattern, allowed, advice):
        self.pattern = re.compile(pattern)
        self.allowed = allowed
        self.advice = advice


_CLOCK = 'take an env::Clock, or `now` as an argument'
_WAIT = 'wait for the event itself: a timer of env::EventLoop or a condition'
_FILE = 'use env::FileSystem, so that faults can be injected'

BANNED = [
    Banned(r'\b(system|steady|high_resolution)_clock::now\b', _OS_FOLDERS,
           _CLOCK),
    Banned(r'\babsl::Now\s*\(', _OS_FOLDERS, _CLOCK),
    Banned(r'\b(gettimeofday|clock_gettime|localtime|gmtime)\s*\(',
           _OS_FOLDERS, _CLOCK),
    Banned(r'(?<![\w.>])(std::|::)?time\s*\(\s*(nullptr|NULL|0)\s*\)',
           _OS_FOLDERS, _CLOCK),
    Banned(r'(?<![\w.>:])(std::|::)?s?rand\s*\(', (),
           'take a seed as an argument (env::RandomSource makes one)'),
    Banned(r'\bstd::random_device\b|\babsl::(Insecure)?BitGen\b', _ENV,
           'take a seed as an argument (env::RandomSource makes one)'),
    Banned(r'(?<![\w.>])(::)?(u|nano)?sleep\s*\(', _ENV, _WAIT),
    Banned(r'\bsleep_(for|until)\b|\babsl::SleepFor\b', _ENV, _WAIT),
    Banned(r'(?<![\w>:])::(open|openat|creat|read|pread|pwrite|write|writev'
           r'|rename|unlink|mkdir|ftruncate|fsync|fdatasync)\s*\(',
           _OS_FOLDERS, _FILE),
    Banned(r'\bf(open|write|read|printf)\s*\(', _OS_FOLDERS, _FILE),
    Banned(r'\bstd::(o|i)?fstream\b|\bstd::filesystem::', _OS_FOLDERS, _FILE),
    Banned(r'\bstd::(cout|cerr|clog)\b|(?<![\w:])printf\s*\(', _PRINTERS,
           'log with glog, or return the text; only tools/ print'),
    Banned(r'(?<!\w)throw\b(?!\s*\()', (),
           'return an absl::Status (MakeError of proto/types/error.h)'),
    Banned(r'\babsl::(Internal|InvalidArgument|NotFound|Unavailable'
           r'|FailedPrecondition|OutOfRange|Unknown|ResourceExhausted)Error\s*'
           r'\(', ('tests/', 'storage/env/'),
           'use MakeError(ErrorCode::k…, what, what to do next)'),
]

_CONTRACT_WORDS = (('Thread', r'[Tt]hread'),
                   ('Errors', r'[Ee]rrors?\b|[Ff]ails'))

_PURE_LOG = re.compile(r'(?<!\w)V?LOG(_EVERY_N|_IF|_FIRST_N)?\s*\(')

REFUSED_NAMES = re.compile(
    r'\b(?:class|struct)\s+(?:ABSL_\w+(?:\([^)]*\))?\s+)?'
    r'(\w*(?:Manager|Helper|Util|Utils|Handler|Impl|Data|Info))'
    r'\s*(?:final\s*)?(?:$|:(?!:)|\{)')

# Written in pieces, so that this file may pass its own rule.
_UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')


def check_calls(source, pure):
    for number, line in enumerate(source.code_lines, 1):
        for ban in BANNED:
            match = ban.pattern.search(line)
            if not match or source.path.startswith(ban.allowed or ('\0',)):
                continue
            yield Finding(source.path, number, 'banned-call',
                          '`%s`: %s' % (match.group(0).strip(), ban.advice))
        if pure and _PURE_LOG.search(line):
            yield Finding(source.path, number, 'banned-call',
                          'pure code does not log; return what happened')


def check_names(source):
    for number, line in enumerate(source.code_lines, 1):
        match = REFUSED_NAMES.search(line)
        if match:
            yield Finding(source.path, number, 'refused-name',
                          '%s: name the thing, not its role in general '
                          '(PendingLog, not LogManager)' % match.group(1))


def check_unfinished(source):
    for number, line in enumerate(source.lines, 1):
        match = _UNFINISHED.search(line)
        if match:
            yield Finding(source.path, number, 'unfinished',
                          '%s: finish it, or refuse the case by name '
                          '(UNSUPPORTED_FEATURE)' % match.group(0))


def check_contract(source):
    """A header opens with a comment that answers the usual questions."""
    if not source.is_header:
        return
    opening = []
    for line in source.lines:
        if not line.startswith('//'):
            break
        opening.append(line)
    text = '\n'.join(opening)
    missing = [word for word, pattern in _CONTRACT_WORDS
               if not re.search(pattern, text)]
    if missing:
        yield Finding(source.path, 1, 'contract',
                      'open with a comment that says what it is, units, empty '
                      'case, Thread, Errors; missing: ' + ', '.join(missing))
    guard = 'BARNABAS_' + re.sub(r'[^A-Z0-9]', '_', source.path.upper()) + '_'
    if '#ifndef ' + guard not in source.text:
        yield Finding(source.path, len(opening) + 1, 'include-guard',
                      'guard the header with %s' % guard)


def check(source, pure=False):
    """All word rules for one C++ source."""
    yield from check_calls(source, pure)
    yield from check_names(source)
    yield from check_contract(source)
