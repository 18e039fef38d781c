"""A local Barnabas cluster of its own: folder, ports, home."""

import glob
import os
import shutil
import struct

import machine


class Barnabas:
    """One controller and one broker, with data below `folder`."""

    def __init__(self, programs, folder):
        self.programs = os.path.abspath(programs)
        self.folder = os.path.abspath(folder)
        self.client = os.path.join(self.programs, 'barnabas')
        for name in ('barnabas', 'barnabas-broker', 'barnabas-controller'):
            if not os.access(os.path.join(self.programs, name), os.X_OK):
                raise machine.Trouble('%s has no %s; run tools/build' %
                                      (self.programs, name))
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(('BARNABAS', 'XDG_'))}
        self.environment['HOME'] = os.path.join(self.folder, 'home')
        self.base = None
        # By `dev start`; what `spawn` started is counted by itself.
        self.up = False
        self.spawned = []

    def cli(self, *words, seconds=machine.COMMAND_SECONDS, feed=''):
        return machine.run([self.client, *words], self.environment, seconds,
                           feed)

    def json(self, *words, seconds=machine.COMMAND_SECONDS):
        return machine.json_of(self.cli(*words, '-o', 'json', seconds=seconds),
                               machine.short(['barnabas', *words]))

    def start(self):
        os.makedirs(self.environment['HOME'], exist_ok=True)
        if self.base is None:
            self.base = machine.free_base(20, os.getpid())
            self.environment['BARNABAS_BOOTSTRAP'] = (
                'localhost:%d' % self.base)
        self.up = True
        self.cli('dev', 'start', '--data', self.data(), '--port-base',
                 str(self.base), seconds=90)

    def data(self):
        return os.path.join(self.folder, 'data')

    def nodes(self):
        """The processes by role, as `dev status` knows them."""
        status = self.json('dev', 'status', seconds=30)
        return {node['role']: node['pid'] for node in status['nodes']}

    def broker(self):
        return self.nodes()['broker']

    def resident_mib(self):
        """Of broker and controller together, as Kafka's is of both."""
        return machine.resident_together_mib(self.nodes().values())

    def create(self, topic, partitions, flush='os'):
        self.cli('topic', 'create', topic, '-p', str(partitions), '-c',
                 'flush=' + flush, '--timeout', '240s', seconds=300)

    def delete(self, topic):
        self.cli('topic', 'delete', topic, '--if-exists', '--yes',
                 seconds=120)

    def takes_one(self, topic):
        """Whether one record, sent by a fresh program, is acknowledged."""
        try:
            self.cli('produce', topic, seconds=60, feed='x\n')
            return True
        except machine.Trouble:
            # A broker that has just opened its port may know nothing yet.
            return False

    def spawn(self, role):
        """Starts one node directly, as a service would."""
        file = glob.glob(os.path.join(self.data(), role + '*', 'node.yaml'))
        if len(file) != 1:
            raise machine.Trouble('%s has not one %s' % (self.data(), role))
        program = os.path.join(self.programs, 'barnabas-' + role)
        process = machine.start([program, '--config', file[0]],
                                os.path.join(self.folder, role + '.log'),
                                self.environment)
        self.spawned.append(process)
        return process

    def end_spawned(self):
        for process in reversed(self.spawned):
            machine.end(process)
        self.spawned = []

    def stop(self):
        self.end_spawned()
        if self.up:
            self.up = False
            self.cli('dev', 'stop', seconds=120)

    def remove(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def bytes_above_durable_points(data):
    """What recovery has to read, from the files of a stopped broker.

    For each log: its bytes behind the position that the newer slot of
    `durable-point` names (storage/log/durable_point.h has the picture).
    """
    total = 0
    for path in glob.glob(os.path.join(data, 'broker*', 'data', '*',
                                       'durable-point')):
        with open(path, 'rb') as file:
            bytes_ = file.read()
        slots = [struct.unpack_from('>8xqqqi', bytes_, at)
                 for at in (0, 512)
                 if bytes_[at:at + 4] == b'BDP1' and len(bytes_) >= at + 68]
        if not slots:
            raise machine.Trouble('%s has no sound slot' % path)
        _, _, base, position = max(slots)
        for log in glob.glob(os.path.join(os.path.dirname(path), '*.log')):
            first = int(os.path.basename(log)[:-len('.log')])
            size = os.path.getsize(log)
            if first == base:
                total += max(0, size - position)
            elif first > base:
                total += size
    return total
