"""Nodes as machines: a network namespace for each, a switch between them.

Needs root and iproute2. Links are cut one way by telling the sender that the
receiver's address lies behind a machine which does not exist: its packets
leave and reach nobody, as on a broken line. All that is made here is named
after this process and removed by `close`.
"""

import os
import shutil
import subprocess

NOWHERE = '02:de:ad:00:00:01'


class Trouble(Exception):
    """A fault could not be made, or did not take effect."""


def run(*words, check=True, seconds=30):
    done = subprocess.run(words, timeout=seconds, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if check and done.returncode != 0:
        raise Trouble('%s: %s' % (' '.join(words), done.stderr.strip()))
    return done


def missing():
    """Why namespaces cannot be had here, or ''."""
    if os.geteuid() != 0:
        return 'network namespaces need root'
    if shutil.which('ip') is None:
        return 'there is no program `ip` (iproute2)'
    name = 'bq%d-try' % os.getpid()
    tried = run('ip', 'netns', 'add', name, check=False)
    if tried.returncode != 0:
        return 'no network namespace can be made: ' + tried.stderr.strip()
    made = run('ip', '-n', name, 'link', 'add', 'br0', 'type', 'bridge',
               check=False)
    run('ip', 'netns', 'del', name, check=False)
    return '' if made.returncode == 0 else (
        'no bridge can be made: ' + made.stderr.strip())


class Network:
    """Machines 10.77.0.1, 10.77.0.2, … in the order of their making."""

    def __init__(self):
        self.prefix = 'bq%d-' % os.getpid()
        self.switch = self.prefix + 'sw'
        self.addresses = {}
        run('ip', 'netns', 'add', self.switch)
        run('ip', '-n', self.switch, 'link', 'add', 'br0', 'type', 'bridge')
        run('ip', '-n', self.switch, 'link', 'set', 'br0', 'up')

    def space(self, name):
        return self.prefix + name

    def add(self, name):
        space, number = self.space(name), len(self.addresses) + 1
        port = 'v%d' % number
        run('ip', 'netns', 'add', space)
        self.addresses[name] = '10.77.0.%d' % number
        run('ip', '-n', self.switch, 'link', 'add', port, 'type', 'veth',
            'peer', 'name', 'eth0', 'netns', space)
        run('ip', '-n', self.switch, 'link', 'set', port, 'master', 'br0')
        run('ip', '-n', self.switch, 'link', 'set', port, 'up')
        run('ip', '-n', space, 'addr', 'add', self.addresses[name] + '/24',
            'dev', 'eth0')
        run('ip', '-n', space, 'link', 'set', 'lo', 'up')
        run('ip', '-n', space, 'link', 'set', 'eth0', 'up')
        return self.addresses[name]

    def inside(self, name, *words):
        return ('ip', 'netns', 'exec', self.space(name)) + words

    def cut(self, sender, receiver):
        """Nothing from one arrives at the other any more."""
        run('ip', '-n', self.space(sender), 'neigh', 'replace',
            self.addresses[receiver], 'lladdr', NOWHERE, 'dev', 'eth0', 'nud',
            'permanent')
        if self.arrives(sender, receiver):
            raise Trouble('%s still reaches %s' % (sender, receiver))

    def heal(self, sender, receiver):
        run('ip', '-n', self.space(sender), 'neigh', 'del',
            self.addresses[receiver], 'dev', 'eth0', check=False)
        if not self.arrives(sender, receiver):
            raise Trouble('%s does not reach %s again' % (sender, receiver))

    def arrives(self, sender, receiver):
        """Whether a datagram makes the way."""
        hear = subprocess.Popen(
            self.inside(receiver, 'python3', '-c', (
                'import socket\n'
                's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n'
                's.bind(("0.0.0.0", 7)); s.settimeout(1.2)\n'
                'print("bound", flush=True)\n'
                'print(s.recv(9).decode())')),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        hear.stdout.readline()
        # A few: the first may wait for an address.
        run(*self.inside(sender, 'python3', '-c', (
            'import socket, threading\n'
            's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n'
            'for _ in range(5):\n'
            '    s.sendto(b"here", ("%s", 7))\n'
            '    threading.Event().wait(0.05)'
            % self.addresses[receiver])))
        heard = hear.stdout.read().strip()
        hear.wait()
        return heard == 'here'

    def close(self):
        for name in list(self.addresses):
            run('ip', 'netns', 'del', self.space(name), check=False)
        run('ip', 'netns', 'del', self.switch, check=False)
