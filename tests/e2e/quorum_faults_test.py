"""Three controllers and three brokers as machines, and what may befall them.

    quorum_faults_test.py [--rounds N] BARNABAS BROKER CONTROLLER HISTORY \
        CLOCK_OFFSET_LIBRARY

Each node has a network namespace, each controller a small disk of its own.
While callers make, delete, change and read topics through every node, leaders
are killed, paused, cut off both ways and one way, their disks filled, their
clocks moved; a follower's directory is wiped, another one's an old copy. Each
fault must be seen to have taken effect, and the rest must go on meanwhile. At
the end the history of all calls must fit some order (linearizability.py).
"""

import argparse
import collections
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import linearizability  # noqa: E402
import namespaces  # noqa: E402
from namespaces import Trouble, run  # noqa: E402

CONTROLLERS = (1, 2, 3)
BROKERS = (100, 101, 102)
PATIENCE = 30
# Until a fault that a majority survives must have been survived.
PROGRESS = 6
DISK_BYTES = 24 << 20
KEYS = 24
CALLS_MIN = 300
# Never set: a pause between two looks.
PULSE = threading.Event()


def say(text):
    print('%s  %s' % (time.strftime('%H:%M:%S'), text), flush=True)


def wait_for(what, condition, seconds=PATIENCE):
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        found = condition()
        if found:
            return found
        PULSE.wait(0.05)
    raise Trouble('not in %d s: %s' % (seconds, what))


class Cluster:
    """Programs, directories and who runs where."""

    def __init__(self, network, folder, programs, clock_library):
        self.network = network
        self.folder = folder
        self.barnabas, self.broker, self.controller = programs
        self.clock_library = clock_library
        self.processes = {}
        self.mounts = []
        self.cluster_id = self.random_id()

    def random_id(self):
        return run(self.barnabas, 'storage', 'random-id').stdout.strip()

    def name(self, node):
        return ('c%d' if node < 100 else 'b%d') % node

    def place(self, node):
        return os.path.join(self.folder, self.name(node))

    def data(self, node):
        return os.path.join(self.place(node), 'data')

    def peer(self, node):
        return '%s:9293' % self.network.addresses[self.name(node)]

    def client(self, node):
        port = 9293 if node < 100 else 9292
        return '%s:%d' % (self.network.addresses[self.name(node)], port)

    def others(self, node):
        return [other for other in CONTROLLERS if other != node]

    def set_up(self):
        for node in CONTROLLERS + BROKERS:
            self.network.add(self.name(node))
            os.makedirs(self.place(node))
            with open(self.offset_file(node), 'wb') as file:
                file.write(struct.pack('q', 0))
        self.network.add('callers')
        voters = []
        for node in CONTROLLERS:
            run('mount', '-t', 'tmpfs', '-o', 'size=%d' % DISK_BYTES, 'none',
                self.place(node))
            self.mounts.append(self.place(node))
            with open(self.offset_file(node), 'wb') as file:
                file.write(struct.pack('q', 0))
            voters += ['--voter', '%d@%s:%s' % (node, self.peer(node),
                                                self.random_id())]
        for node in CONTROLLERS:
            self.format(node, *voters)
        for node in BROKERS:
            self.format(node)
        for node in CONTROLLERS + BROKERS:
            self.start(node)
        wait_for('a cluster', self.settled)

    def format(self, node, *more):
        role = 'controller' if node < 100 else 'broker'
        run(self.barnabas, 'storage', 'format', self.data(node),
            '--cluster-id', self.cluster_id, '--role', role, '--node-id',
            str(node), *more)

    def node_file(self, node):
        host = self.network.addresses[self.name(node)]
        text = ['node:', '  id: %d' % node]
        text.append('  data_dir: "%s"' % self.data(node) if node < 100 else
                    '  data_dirs: ["%s"]' % self.data(node))
        text += ['cluster:', '  id: "%s"' % self.cluster_id,
                 '  controllers: [%s]' % ', '.join(
                     '"%d@%s"' % (each, self.peer(each))
                     for each in CONTROLLERS),
                 'insecure: true', 'listeners:']
        ports = {'peer': 9293, 'http': 9294}
        if node >= 100:
            ports = {'client': 9292, **ports}
        for name, port in ports.items():
            text.append('  %s: {bind: "%s:%d", advertised: "%s:%d"}' % (
                name, host, port, host, port))
        path = os.path.join(self.place(node), 'node.yaml')
        with open(path, 'w') as file:
            file.write('\n'.join(text) + '\n')
        return path

    def offset_file(self, node):
        return os.path.join(self.place(node), 'clock-offset')

    def log(self, node):
        return os.path.join(self.folder, self.name(node) + '.log')

    def start(self, node):
        program = self.controller if node < 100 else self.broker
        environment = dict(os.environ, CLOCK_OFFSET_FILE=self.offset_file(node),
                           LD_PRELOAD=self.clock_library)
        with open(self.log(node), 'ab') as log:
            self.processes[node] = subprocess.Popen(
                self.network.inside(self.name(node), program, '--config',
                                    self.node_file(node)),
                env=environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL)

    def pid(self, node):
        # `ip netns exec` becomes the program.
        return self.processes[node].pid

    def signal(self, node, number):
        os.kill(self.pid(node), number)

    def kill(self, node):
        self.signal(node, signal.SIGKILL)
        if self.processes[node].wait(PATIENCE) != -signal.SIGKILL:
            raise Trouble('node %d did not die of the kill' % node)

    def state(self, node):
        with open('/proc/%d/stat' % self.pid(node)) as file:
            return file.read().rsplit(')', 1)[1].split()[0]

    def call(self, node, *words, check=True):
        return run(*self.network.inside(
            'callers', self.barnabas, '--bootstrap', self.client(node),
            *words), check=check)

    def quorum(self, nodes=BROKERS):
        """What the first of `nodes` says that answers; None if none does."""
        for node in nodes:
            done = self.call(node, '--timeout', '2s', 'quorum', 'status', '-o',
                             'json', check=False)
            if done.returncode == 0:
                return json.loads(done.stdout)
        return None

    def leader(self):
        now = self.quorum()
        return now['leaderId'] if now and now['leaderId'] > 0 else None

    def settled(self):
        now = self.quorum()
        return (now and now['leaderId'] > 0 and len(now['replicas']) == 3 and
                all(int(each['logEnd']) >= int(now['committedEnd']) and
                    each['voter'] and int(each['silentMs']) < 1000
                    for each in now['replicas']))

    def another_leader(self, old):
        return wait_for('another leader than %d' % old, lambda: (
            lambda new: new if new not in (None, old) else None)(
                self.leader()))

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        for place in self.mounts:
            run('umount', '-l', place, check=False)


class Callers:
    """The program that calls, and the calls that it has finished."""

    def __init__(self, cluster, history, seed):
        endpoints = [cluster.client(node) for node in BROKERS + CONTROLLERS]
        self.calls = []
        self.process = subprocess.Popen(
            cluster.network.inside('callers', history, str(seed), str(KEYS),
                                   *endpoints),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.calls.append(linearizability.parse(line))

    def changes(self):
        """Those that changed something, through brokers."""
        return sum(1 for call in list(self.calls)
                   if call.operation != 'read' and call.result == 'ok' and
                   call.caller <= len(BROKERS))

    def go_on(self, what):
        before = self.changes()
        wait_for('changes go on: ' + what,
                 lambda: self.changes() > before + 5, PROGRESS)

    def finish(self):
        # What is under way is finished: a call that nobody told of might have
        # had an effect.
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return self.calls


class Faults:
    """One method for each kind; all leave the cluster whole."""

    def __init__(self, cluster, callers):
        self.cluster = cluster
        self.network = cluster.network
        self.callers = callers

    def kill_the_leader(self):
        old = self.cluster.leader()
        self.cluster.kill(old)
        self.callers.go_on('node %d is killed' % old)
        self.cluster.another_leader(old)
        self.cluster.start(old)

    def kill_a_broker(self):
        broker = random.choice(BROKERS[1:])
        self.cluster.kill(broker)
        self.callers.go_on('broker %d is killed' % broker)
        self.cluster.start(broker)

    def pause_the_leader(self):
        old = self.cluster.leader()
        self.cluster.signal(old, signal.SIGSTOP)
        wait_for('a stopped process', lambda: self.cluster.state(old) == 'T')
        try:
            self.callers.go_on('node %d is paused' % old)
            self.cluster.another_leader(old)
        finally:
            self.cluster.signal(old, signal.SIGCONT)
        wait_for('a running process', lambda: self.cluster.state(old) != 'T')

    def _cut(self, pairs, what):
        for pair in pairs:
            self.network.cut(*pair)
        try:
            self.callers.go_on(what)
            PULSE.wait(1)
        finally:
            for pair in pairs:
                self.network.heal(*pair)

    def _links(self, node, out=True, back=True):
        name = self.cluster.name(node)
        others = [self.cluster.name(other) for other in self.cluster.others(node)]
        return ([(name, other) for other in others] if out else []) + (
            [(other, name) for other in others] if back else [])

    def cut_off_the_leader(self):
        """From the controllers; brokers still reach it."""
        old = self.cluster.leader()
        self._cut(self._links(old), 'controllers and node %d are apart' % old)

    def cut_off_a_follower(self):
        old = self.cluster.leader()
        away = random.choice(self.cluster.others(old))
        term = self.cluster.quorum()['term']
        self._cut(self._links(away), 'node %d is cut off' % away)
        wait_for('a settled quorum', self.cluster.settled)
        now = self.cluster.quorum()
        if now['term'] != term:
            raise Trouble('R16: term %s became %s when node %d came back' % (
                term, now['term'], away))

    def mute_the_leader(self):
        """What it says reaches no controller; it hears them all."""
        old = self.cluster.leader()
        self._cut(self._links(old, back=False), 'node %d is mute' % old)

    def deafen_the_leader(self):
        old = self.cluster.leader()
        self._cut(self._links(old, out=False), 'node %d is deaf' % old)

    def fill_the_disk(self):
        """What is preallocated lasts a while; a new term cannot be written."""
        old = self.cluster.leader()
        filler = os.path.join(self.cluster.place(old), 'filler')
        told = os.path.getsize(self.cluster.log(old))

        def says(what):
            with open(self.cluster.log(old)) as file:
                file.seek(told)
                return what in file.read()
        try:
            with open(filler, 'wb', buffering=0) as file:
                while True:
                    file.write(b'x' * 65536)
        except OSError:
            pass
        try:
            self.callers.go_on('the disk of node %d is full' % old)
            self.cluster.call(BROKERS[0], 'quorum', 'transfer-leader',
                              str(random.choice(self.cluster.others(old))),
                              check=False)
            self.cluster.another_leader(old)
            wait_for('node %d finds its disk full' % old,
                     lambda: says('cannot be written'))
            self.callers.go_on('node %d cannot write' % old)
        finally:
            os.remove(filler)
        wait_for('node %d writes again' % old,
                 lambda: says('can be written again'))

    def move_the_clock(self):
        """An hour on at the leader, an hour back at another."""
        old = self.cluster.leader()
        other = random.choice(self.cluster.others(old))
        term = self.cluster.quorum()['term']
        for node, hours in ((old, 1), (other, -1)):
            self._set_clock(node, hours * 3600)
        try:
            self.callers.go_on('clocks are moved')
            if self.cluster.quorum()['term'] != term:
                raise Trouble('a moved clock made an election')
            for node, hours in ((old, 1), (other, -1)):
                self._see_clock(node, hours * 3600)
        finally:
            for node in (old, other):
                self._set_clock(node, 0)

    def _set_clock(self, node, seconds):
        with open(self.cluster.offset_file(node), 'r+b') as file:
            file.write(struct.pack('q', seconds))

    def _see_clock(self, node, seconds):
        """The node's log must bear the other time."""
        broken = random.choice(self.cluster.others(node))
        # Something to log: a connection that ends.
        run(*self.network.inside(
            self.cluster.name(broken), 'ss', '-K', 'dst',
            self.network.addresses[self.cluster.name(node)]), check=False)

        def shown():
            with open(self.cluster.log(node)) as file:
                times = re.findall(r'^[IWE]\d{4,8} (\d\d):(\d\d):(\d\d)',
                                   file.read(), re.MULTILINE)
            if not times:
                return False
            hour, minute, second = (int(each) for each in times[-1])
            now = time.localtime()
            apart = (hour * 3600 + minute * 60 + second) - (
                now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec)
            return abs((apart - seconds + 43200) % 86400 - 43200) < 60
        wait_for('the other time in the log of node %d' % node, shown)

    def wipe_a_directory(self):
        """Its directory is another one afterwards, and so is the voter."""
        old = self.cluster.leader()
        away = random.choice(self.cluster.others(old))
        self.cluster.kill(away)
        shutil.rmtree(self.cluster.data(away))
        self.callers.go_on('the directory of node %d is gone' % away)
        self.cluster.start(away)
        if self.cluster.processes[away].wait(PATIENCE) == 0:
            raise Trouble('node %d started without a directory' % away)
        self.cluster.format(away, '--join')
        self.cluster.start(away)
        self.cluster.call(BROKERS[0], 'quorum', 'remove', str(away), '--yes')
        wait_for('node %d votes again' % away, lambda: self.cluster.call(
            BROKERS[0], 'quorum', 'add',
            '%d@%s' % (away, self.cluster.peer(away)),
            check=False).returncode == 0)

    def restore_a_directory(self):
        """An older copy of it: what it acknowledged since is gone."""
        old = self.cluster.leader()
        away = random.choice(self.cluster.others(old))
        copy = os.path.join(self.cluster.folder, 'copy')
        self.cluster.kill(away)
        shutil.copytree(self.cluster.data(away), copy)
        self.cluster.start(away)
        wait_for('a settled quorum', self.cluster.settled)
        self.callers.go_on('a copy was made')
        # The others hold everything that it acknowledged.
        wait_for('a settled quorum', self.cluster.settled)
        self.cluster.kill(away)
        shutil.rmtree(self.cluster.data(away))
        shutil.copytree(copy, self.cluster.data(away))
        shutil.rmtree(copy)
        self.cluster.start(away)
        self.callers.go_on('node %d is on an old copy' % away)


KINDS = ('kill_the_leader', 'pause_the_leader', 'cut_off_the_leader',
         'mute_the_leader', 'deafen_the_leader', 'cut_off_a_follower',
         'fill_the_disk', 'move_the_clock', 'kill_a_broker',
         'wipe_a_directory', 'restore_a_directory')


def judge(calls):
    results = collections.Counter(
        '%s %s' % (call.operation, call.result if call.operation != 'read'
                   else 'done') for call in calls)
    for what, count in sorted(results.items()):
        print('  %6d  %s' % (count, what))
    broken, wide = linearizability.check(calls)
    if broken:
        for call in calls:
            if call.key in broken[:1]:
                print(call)
        raise Trouble('R18: no order explains the calls on ' +
                      ', '.join(broken))
    if len(calls) < CALLS_MIN:
        raise Trouble('%d calls prove little' % len(calls))
    say('%d calls on %d keys fit an order; %d keys were too wide to judge' % (
        len(calls), len({call.key for call in calls}), len(wide)))
    if len(wide) > KEYS // 3:
        raise Trouble('too many keys could not be judged')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--rounds', type=int, default=1,
                        help='times every kind of fault')
    parser.add_argument('--only', nargs='+', choices=KINDS, default=KINDS)
    parser.add_argument('--seed', type=int,
                        default=int.from_bytes(os.urandom(2), 'big'))
    parser.add_argument('programs', nargs=5)
    chosen = parser.parse_args()
    fault = namespaces.missing()
    if fault:
        print('NOT TESTED HERE: ' + fault)
        return
    random.seed(chosen.seed)
    say('seed %d' % chosen.seed)
    programs = [os.path.realpath(path) for path in chosen.programs]
    folder = os.path.join(os.environ['TEST_TMPDIR'], 'faults')
    os.makedirs(folder)
    os.environ['HOME'] = folder
    for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'BARNABAS_BOOTSTRAP'):
        os.environ.pop(name, None)
    network = namespaces.Network()
    cluster = Cluster(network, folder, programs[:3], programs[4])
    try:
        cluster.set_up()
        callers = Callers(cluster, programs[3], chosen.seed)
        callers.go_on('nothing is wrong')
        faults = Faults(cluster, callers)
        for number in range(chosen.rounds):
            kinds = list(chosen.only)
            random.shuffle(kinds)
            for kind in kinds:
                begin = time.monotonic()
                getattr(faults, kind)()
                wait_for('a settled quorum', cluster.settled)
                say('round %d: %s: survived, %.1f s' % (
                    number + 1, kind.replace('_', ' '),
                    time.monotonic() - begin))
        judge(callers.finish())
    except (Trouble, AssertionError):
        for node in CONTROLLERS + BROKERS:
            print('--- %s\n%s' % (cluster.name(node), run(
                'tail', '-n', '30', cluster.log(node), check=False).stdout))
        raise
    finally:
        cluster.close()
        network.close()


if __name__ == '__main__':
    main()
