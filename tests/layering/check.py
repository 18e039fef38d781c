"""Checks Bazel's own dependency graph against the floors of the house.

    check.py TIDY-FOLDER GRAPH [BUILD-FILE-ROOT]

GRAPH is the output of `bazel query --output=graph`. What a package may see of
the project is told by tools/tidy/floors.py, the same table that judges
#include lines; here it judges deps, which may reach further than any include.
Libraries from outside are judged over all transitive dependencies.
"""

import os
import re
import sys

sys.path.insert(0, sys.argv[1])
# pylint: disable=wrong-import-position
import floors  # noqa: E402
import tree  # noqa: E402

_EDGE = re.compile(r'^\s*"([^"]+)"(?:\s*->\s*"([^"]+)")?\s*$')
_PROJECT = re.compile(r'^//(broker|client|controller|metadata|proto|storage'
                      r'|tests|tools)[/:]')

GRPC = '@com_github_grpc_grpc//'
ROCKSDB = '@com_github_facebook_rocksdb//'
PROTOBUF = '@com_google_protobuf//'

# All that code which only thinks may stand on.
PURE_LIBRARIES = re.compile(
    r'^(@com_google_protobuf//|@com_github_google_glog//'
    r'|@com_github_jbeder_yaml_cpp//|@com_github_intel_isal//|@compression//'
    r'|@com_google_absl//absl/(base|container|functional|hash|numeric|status'
    r'|strings|time|types)[:/]?.*|@rules_cc//cc/pch:.*|@bazel_tools//.*|@local_.*)')


def read_graph(lines):
    """Returns {label: set of direct dependencies}, files left out."""
    graph = {}
    for line in lines:
        match = _EDGE.match(line)
        if not match:
            continue
        left, right = match.groups()
        graph.setdefault(left, set())
        if right:
            graph[left].add(right)
            graph.setdefault(right, set())
    return graph


def closure(graph, label):
    seen, todo = set(), [label]
    while todo:
        for dep in graph.get(todo.pop(), ()):
            if dep not in seen:
                seen.add(dep)
                todo.append(dep)
    return seen


def as_path(label):
    """//storage/log:segment -> storage/log/segment, as included."""
    path = label[2:].replace(':', '/')
    if path.startswith('proto/') and not path.startswith('proto/types/'):
        return path[len('proto/'):]
    return path


def is_file(label):
    return bool(re.search(r'\.(h|cc|proto|py|sh|bzl|bazel|txt)$', label))


def is_generator(label):
    """proto.bzl's genrules and lists of sources, not code that links."""
    return bool(re.search(r'_(messages|stubs|src|all_src)$', label))


def check(graph):
    """Yields a sentence for each dependency that breaks the house."""
    for label in sorted(graph):
        if (not _PROJECT.match(label) or is_file(label) or
                is_generator(label)):
            continue
        floor = floors.floor_of(label[2:].replace(':', '/') + '.cc')
        if floor is None:
            continue
        yield from _check_project(graph, label, floor)
        yield from _check_libraries(graph, label, floor)


def _check_project(graph, label, floor):
    for dep in sorted(graph[label]):
        if not _PROJECT.match(dep) or is_file(dep) or is_generator(dep):
            continue
        path = as_path(dep)
        if (not path.startswith(floor.project) or
                path.startswith(floor.refused or ('\0',))):
            yield ('%s depends on %s: %s may look down only' %
                   (label, dep, floor.folder))


def _check_libraries(graph, label, floor):
    everything = closure(graph, label)
    folder = label[2:].split(':')[0] + '/'
    grpc_stub = label.endswith('_grpc') and folder.startswith('proto/')
    if not floor.grpc and not grpc_stub:
        for dep in sorted(everything):
            if dep.startswith(GRPC):
                yield '%s reaches gRPC (%s)' % (label, dep)
                break
    for dep in sorted(graph[label]):
        if dep.startswith(ROCKSDB) and not folder.startswith(
                ('storage/offsets/', 'tests/', 'tools/')):
            yield ('%s depends on RocksDB: storage/offsets alone may' % label)
        if dep.startswith(PROTOBUF) and folder.startswith('storage/'):
            yield ('%s depends on protobuf: storage keeps bytes' % label)
    if folder.startswith(floors.PURE_FOLDERS) or folder == 'proto/types/':
        yield from _check_pure(graph, label)


def _check_pure(graph, label):
    for dep in sorted(closure(graph, label)):
        if ((dep.startswith('@') and not PURE_LIBRARIES.match(dep)) or
                dep.startswith(('//storage/env', '//storage/log'))):
            yield '%s is pure and reaches %s' % (label, dep)


def declared_libraries(root):
    """Labels of all cc libraries below the roof, as BUILD files name them."""
    found = set()
    for path in tree.walk(root):
        folder = os.path.dirname(path)
        if (os.path.basename(path) != 'BUILD.bazel' or not folder or
                folder.startswith(('tests', 'tools', 'proto'))):
            continue
        with open(os.path.join(root, path), encoding='utf-8') as file:
            text = file.read()
        for kind, block in re.findall(
                r'^(cc_library|pure_cc_library)\((.*?)^\)', text, re.M | re.S):
            name = re.search(r'^\s*name = "([^"]+)"', block, re.M).group(1)
            pure = (folder + '/').startswith(floors.PURE_FOLDERS)
            found.add(('//%s:%s' % (folder, name), kind, pure))
    return sorted(found)


def check_declared(graph, declared):
    for label, kind, pure in declared:
        if kind == 'pure_cc_library' and not pure:
            yield from _check_pure(graph, label)
        if label not in graph:
            yield ('%s is linked by no program: remove it, or list it in '
                   'tests/layering/BUILD.bazel' % label)
        if pure and kind != 'pure_cc_library':
            yield '%s lies in a pure folder: make it a pure_cc_library' % label


def main():
    with open(sys.argv[2], encoding='utf-8') as file:
        graph = read_graph(file)
    faults = list(check(graph))
    if len(sys.argv) > 3:
        faults += check_declared(graph, declared_libraries(sys.argv[3]))
    for fault in faults:
        print(fault)
    print('%d targets, %d faults' % (len(graph), len(faults)))
    return 1 if faults or not graph else 0


if __name__ == '__main__':
    sys.exit(main())
