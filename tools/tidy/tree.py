"""Rules about the tree as a whole: what stands beside what."""

import os
import re

from source import Finding

FOLDERS = ('proto', 'broker', 'controller', 'metadata', 'storage', 'client',
           'tests', 'tools')
_SKIPPED = {'node_modules', '__pycache__', 'out'}
_README_LINES = 60
_SOURCES = ('.h', '.cc', '.proto', '.py', '.sh', '.bzl')
# Vendored as published; our rules are not theirs.
VENDORED = ('proto/google/', 'proto/grpc/')
_TESTED = ('storage/', 'metadata/', 'broker/replica/', 'broker/group/',
           'controller/planner/')
_STANDARD_ROOTS = {'bin', 'boot', 'dev', 'etc', 'home', 'lib', 'media', 'mnt',
                   'opt', 'proc', 'root', 'run', 'sbin', 'srv', 'sys', 'tmp',
                   'usr', 'var'}


def walk(root):
    """Every file of the project, as sorted paths relative to `root`."""
    found = []
    for name in sorted(os.listdir(root)):
        path = os.path.join(root, name)
        if os.path.isfile(path) and not os.path.islink(path):
            found.append(name)
    tops = [name for name in FOLDERS + ('.ci',)
            if os.path.isdir(os.path.join(root, name))]
    for top in tops:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(name for name in folders
                                if name not in _SKIPPED)
            relative = os.path.relpath(folder, root)
            found += [relative + '/' + name for name in sorted(files)]
    return [path for path in found if not path.endswith('.pyc')]


def is_vendored(path):
    return path.startswith(VENDORED)


def pure_files(root, paths):
    """Sources named by a pure_cc_library rule anywhere in the tree."""
    found = set()
    for path in paths:
        if os.path.basename(path) != 'BUILD.bazel':
            continue
        folder = os.path.dirname(path)
        with open(os.path.join(root, path), encoding='utf-8') as file:
            text = file.read()
        for block in re.findall(r'^pure_cc_library\((.*?)^\)', text,
                                re.M | re.S):
            for name in re.findall(r'"([\w./]+\.(?:h|cc))"', block):
                found.add(folder + '/' + name)
    return frozenset(found)


def check_top_level(root):
    allowed = set(FOLDERS) | _SKIPPED
    for name in sorted(os.listdir(root)):
        full = os.path.join(root, name)
        if (os.path.isdir(full) and not os.path.islink(full) and
                not name.startswith('.') and name not in allowed):
            yield Finding(name, 1, 'top-level',
                          'the top level is fixed: %s' % ' '.join(FOLDERS))


def _needs_readme(folder, paths):
    if folder.startswith('tests/'):
        # tests/X mirrors X and is told about by X and by tests/README.md.
        mirrored = folder[len('tests/'):]
        return not any(path.startswith(mirrored + '/') for path in paths)
    return True


def _in_other_workspace(folder, present):
    while folder:
        if folder + '/WORKSPACE' in present:
            return True
        folder = os.path.dirname(folder)
    return False


def check_readmes(root, paths):
    present = set(paths)
    folders = sorted({os.path.dirname(path) for path in paths
                      if path.endswith(_SOURCES) and '/' in path})
    for folder in folders:
        readme = folder + '/README.md'
        if readme in present:
            with open(os.path.join(root, readme), encoding='utf-8') as file:
                lines = file.read().count('\n')
            if lines > _README_LINES:
                yield Finding(readme, _README_LINES + 1, 'readme',
                              '%d lines, budget %d: one page' %
                              (lines, _README_LINES))
        elif (not is_vendored(folder + '/') and
              not _in_other_workspace(folder, present) and
              _needs_readme(folder, present)):
            yield Finding(readme, 1, 'readme',
                          'write one page: purpose, files in reading order, '
                          'invariants, what it must not know')


def check_tests(paths, pure):
    present = set(paths)
    for path in paths:
        if not path.endswith('.cc') or path.startswith(('tests/', 'tools/')):
            continue
        if os.path.basename(path) == 'main.cc':
            continue
        if not path.startswith(_TESTED) and path not in pure:
            continue
        test = 'tests/' + path[:-len('.cc')] + '_test.cc'
        if test not in present:
            yield Finding(path, 1, 'untested', 'write %s' % test)


def machine_words(root):
    """Paths that belong to the machine this checkout lies on."""
    real = os.path.realpath(root)
    words = {real + '/'} if real.count('/') > 1 else set()
    top = real.split('/')[1]
    if top and top not in _STANDARD_ROOTS:
        words.add('/' + top + '/')
    return words


def check_machine_paths(source, words):
    for number, line in enumerate(source.lines, 1):
        for word in words:
            at = line.find(word)
            if at >= 0 and (at == 0 or not re.match(r'[\w./*})-]',
                                                    line[at - 1])):
                yield Finding(source.path, number, 'machine-path',
                              '%s exists on one machine only; use a path '
                              'relative to the workspace or $HOME' % word)
        if re.search(r'(?<![\w.])/home/(?!USER|\$|you\b)\w+', line):
            yield Finding(source.path, number, 'machine-path',
                          'names a home folder; use $HOME')
