"""A cluster of `barnabas dev` as the tests of this folder drive it."""

import datetime
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time

ATTEMPTS = 5
PORTS = 100
PATIENCE_S = 20
# Never set: a pause between two looks.
PULSE = threading.Event()


def run(command, check=True):
    done = subprocess.run(['bash', '-c', command], timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError('%s: %d\n%s%s' % (
            command, done.returncode, done.stdout, done.stderr))
    return done


def ask(command):
    """What `barnabas COMMAND -o json` says."""
    return json.loads(run('barnabas %s -o json' % command).stdout)


def wait_for(what, condition, patience_s=PATIENCE_S):
    """Until `condition` gives something; what it gave and the seconds."""
    begin = time.monotonic()
    while time.monotonic() - begin < patience_s:
        found = condition()
        if found:
            return found, time.monotonic() - begin
        PULSE.wait(0.02)
    raise AssertionError('not in %d s: %s' % (patience_s, what))


def free_base(seed):
    """A port at which `PORTS` in a row are free now."""
    base = 20000 + (os.getpid() * 37 + seed * 1009) % 30000
    for port in range(base, base + PORTS):
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
            except OSError:
                return None
    return base


def start(flags):
    for attempt in range(ATTEMPTS):
        base = free_base(attempt)
        if base is None:
            continue
        command = 'barnabas dev start %s --port-base %d' % (flags, base)
        if run(command, check=False).returncode == 0:
            return
    raise AssertionError('the cluster did not start')


def prepare(programs):
    """Puts `programs` on PATH and a home of the test's own behind HOME."""
    temporary = os.environ['TEST_TMPDIR']
    folder = os.path.join(temporary, 'bin')
    os.makedirs(folder)
    for program in programs:
        shutil.copy(program, folder)
    os.environ['PATH'] = folder + ':' + os.environ['PATH']
    os.environ['HOME'] = temporary
    for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'BARNABAS_BOOTSTRAP'):
        os.environ.pop(name, None)
    return temporary


def nodes():
    """Data directory and nodes, as `dev` remembers them."""
    data = ask('dev status')['data']
    with open(os.path.join(data, 'cluster.json'), encoding='utf-8') as file:
        return data, json.load(file)['nodes']


def pid_of(node_id):
    return [int(node['pid']) for node in nodes()[1]
            if int(node['id']) == node_id][0]


def said_at(data, text, since):
    """Seconds after `since` at which some controller said `text`."""
    for node in sorted(os.listdir(data)):
        path = os.path.join(data, node, 'log.txt')
        if not node.startswith('controller') or not os.path.exists(path):
            continue
        with open(path, encoding='utf-8') as file:
            for line in file:
                found = re.match(r'[IWE](\d{8} \d\d:\d\d:\d\d\.\d+)', line)
                if text not in line or not found:
                    continue
                when = datetime.datetime.strptime(
                    found.group(1), '%Y%m%d %H:%M:%S.%f').timestamp()
                if when >= since:
                    return when - since
    return None


class Creator(threading.Thread):
    """Creates topics in a loop and remembers which were answered."""

    def __init__(self, prefix):
        super().__init__()
        self.prefix = prefix
        self.made = []
        self.failed = 0
        self.stopped = threading.Event()

    def run(self):
        number = 0
        while not self.stopped.is_set():
            number += 1
            name = '%s-%d' % (self.prefix, number)
            done = run('barnabas topic create %s -q' % name, check=False)
            if done.returncode == 0:
                self.made.append(name)
            else:
                self.failed += 1

    def stop(self):
        self.stopped.set()
        self.join()

    def check(self):
        have = {topic['name'] for topic in ask('topic list')['topics']}
        missing = [name for name in self.made if name not in have]
        assert not missing, missing
        print('%d topics answered as made, %d calls failed, none is missing' %
              (len(self.made), self.failed))
