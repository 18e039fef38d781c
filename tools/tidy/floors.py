"""Includes: who may look at whom (ARCHITECTURE.md, the floors)."""

import re

from source import Finding

_TYPES = ('proto/types/',)
_MESSAGES = ('barnabas/', 'google/', 'grpc/health/')
_RECORD = ('storage/env/', 'storage/record/')
# What dials and what is dialled; producer, consumer and admin are for users.
_CALLS = ('client/rpc/', 'client/serving/')
_ROOF = ('tests/', 'tools/', 'broker/', 'controller/', 'client/', 'metadata/',
         'storage/') + _TYPES + _MESSAGES


class Floor:
    """What one folder may include of the project."""

    def __init__(self, folder, project, grpc=False, refused=()):
        self.folder = folder
        self.project = project
        self.grpc = grpc
        self.refused = refused


# The longest folder that matches wins.
FLOORS = [
    Floor('proto/', _TYPES + _MESSAGES),
    Floor('metadata/', ('metadata/',) + _TYPES + _MESSAGES),
    Floor('metadata/raft/', ('metadata/raft/',) + _TYPES + _MESSAGES),
    Floor('metadata/image/', ('metadata/',) + _TYPES + _MESSAGES,
          refused=('metadata/raft/',)),
    Floor('storage/', ('storage/',) + _TYPES),
    Floor('storage/env/', ('storage/env/',) + _TYPES),
    Floor('client/', ('client/',) + _RECORD + _TYPES + _MESSAGES, grpc=True),
    Floor('broker/',
          ('broker/', 'client/rpc/', 'client/serving/', 'metadata/',
           'storage/') + _TYPES + _MESSAGES, grpc=True),
    Floor('broker/replica/',
          ('broker/replica/', 'metadata/') + _TYPES + _MESSAGES),
    Floor('broker/group/',
          ('broker/group/', 'metadata/') + _TYPES + _MESSAGES),
    Floor('controller/',
          ('controller/', 'client/rpc/', 'client/serving/', 'metadata/',
           'storage/') + _TYPES + _MESSAGES, grpc=True),
    Floor('controller/planner/',
          ('controller/planner/', 'metadata/') + _TYPES + _MESSAGES),
    Floor('tests/', _ROOF, grpc=True),
    Floor('tools/', tuple(p for p in _ROOF if p != 'tests/'), grpc=True),
    Floor('tools/cli/',
          ('tools/', 'client/', 'metadata/config/', 'storage/',
           'controller/quorum/format', 'controller/quorum/snapshot_codec') +
          _TYPES + _MESSAGES, grpc=True),
]

PURE_FOLDERS = ('metadata/', 'broker/replica/', 'broker/group/',
                'controller/planner/')

# What a function of its arguments has no use for.
_IMPURE = re.compile(
    r'^(thread|mutex|shared_mutex|condition_variable|future|atomic|fstream'
    r'|filesystem|iostream|unistd\.h|fcntl\.h|sys/.*|poll\.h|netinet/.*'
    r'|arpa/.*|pthread\.h|signal\.h|csignal|ctime|time\.h'
    r'|absl/synchronization/.*|absl/time/clock\.h|absl/random/.*'
    r'|event2/.*|yaml-cpp/.*)$')
_PROJECT = re.compile(
    r'^(proto|metadata|storage|client|broker|controller|tests|tools'
    r'|barnabas|google/rpc)/')


def floor_of(path):
    found = None
    for floor in FLOORS:
        if path.startswith(floor.folder):
            if found is None or len(floor.folder) > len(found.folder):
                found = floor
    return found


def is_pure(path, pure_files):
    """In a folder that only thinks, or listed by a pure_cc_library."""
    return path.startswith(PURE_FOLDERS) or path in pure_files


def check(source, pure_files=frozenset()):
    """Every #include of `source` against its floor."""
    floor = floor_of(source.path)
    if floor is None:
        return
    pure = is_pure(source.path, pure_files)
    for line, _, target in source.includes():
        advice = (_project_advice(floor, target) or
                  _library_advice(source.path, floor, target) or
                  (pure and _pure_advice(source.path, target)))
        if advice:
            yield Finding(source.path, line, 'floor', advice)


def _project_advice(floor, target):
    if not _PROJECT.match(target):
        return None
    if target.startswith('proto/') and not target.startswith(_TYPES):
        return ('%s: include generated messages as "barnabas/v1/x.pb.h"' %
                target)
    if (not target.startswith(floor.project) or
            target.startswith(floor.refused or ('\0',))):
        return ('%s may not see %s; look down only: move what is shared to a '
                'floor below, or pass it in' % (floor.folder, target))
    return None


def _library_advice(path, floor, target):
    if target.startswith(('grpcpp/', 'grpc/')) or '.grpc.pb.h' in target:
        if not floor.grpc:
            return ('%s may not see gRPC; translate in client/rpc or in a '
                    'service folder' % floor.folder)
    if target.startswith('rocksdb/'):
        if not path.startswith(('storage/offsets/', 'tests/', 'tools/')):
            return 'RocksDB is seen by storage/offsets alone; use OffsetStore'
    if target.startswith('google/protobuf/') and floor.folder.startswith(
            'storage/'):
        return ('storage keeps bytes, not messages; convert above it or in '
                'proto/types')
    return None


def _pure_advice(path, target):
    # Parsing a text is thought; node files are read nowhere else.
    if target == 'yaml-cpp/yaml.h' and path.startswith('metadata/config/'):
        return None
    if target.startswith(('grpcpp/', 'grpc/')) or '.grpc.pb.h' in target:
        return 'pure code knows no gRPC; take plain arguments'
    if (target.startswith('storage/') and
            not target.startswith('storage/record/')):
        return 'pure code knows no files; take values as arguments'
    if _IMPURE.match(target):
        return ('<%s> in pure code; take time, seeds and bytes as arguments '
                'and give effects back' % target)
    return None
