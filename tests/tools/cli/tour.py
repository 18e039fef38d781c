"""Runs the commands of a tour on a cluster of its own and compares.

    tour.py TOUR.txt BROKERS BARNABAS BROKER CONTROLLER

BROKERS is how many the cluster has.
"""

import difflib
import os
import re
import shutil
import socket
import subprocess
import sys

ATTEMPTS = 5
PORTS = 50


def steps(text):
    """Yields (command, expected lines)."""
    command, lines = None, []
    for line in text.split('\n'):
        if line.startswith('#'):
            continue
        if line.startswith('$ '):
            command, lines = line[2:], []
        elif line.startswith('=> '):
            yield command, lines + [line]
            command = None
        elif command is not None:
            lines.append(line)


def equalised(text):
    text = re.sub(r'\b\d+(\.\d+)? ms\b', '<ms>', text)
    text = re.sub(r'(?<=request id: )\S{22}', '<id>', text)
    return re.sub(r'\b(localhost|127\.0\.0\.1):\d{4,5}\b', r'\1:<port>', text)


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


def run(command):
    done = subprocess.run(['bash', '-c', command], timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    text = equalised(done.stdout + done.stderr)
    lines = text.split('\n')
    if lines[-1] == '':
        lines.pop()
    return lines + ['=> %d' % done.returncode]


def start(data, brokers):
    for attempt in range(ATTEMPTS):
        base = free_base(attempt)
        if base is None:
            continue
        command = 'barnabas dev start --brokers %s --data %s --port-base %d' % (
            brokers, data, base)
        if run(command)[-1] == '=> 0':
            return True
    return False


def prepare(programs):
    """Puts `programs` on PATH and a home of the test's own behind HOME."""
    temporary = os.environ['TEST_TMPDIR']
    programs_dir = os.path.join(temporary, 'bin')
    os.makedirs(programs_dir)
    for program in programs:
        shutil.copy(program, programs_dir)
    os.environ['PATH'] = programs_dir + ':' + os.environ['PATH']
    os.environ['HOME'] = temporary
    os.environ.pop('XDG_CONFIG_HOME', None)
    os.environ.pop('BARNABAS_BOOTSTRAP', None)
    return temporary


def main():
    tour, brokers, *programs = sys.argv[1:]
    temporary = prepare(programs)
    if not start(os.path.join(temporary, 'data'), brokers):
        print('\n'.join(run('barnabas dev logs')))
        sys.exit('the cluster did not start')
    with open(tour, encoding='utf-8') as file:
        text = file.read()
    failed = 0
    try:
        for command, wanted in steps(text):
            got = run(command)
            if got == wanted:
                continue
            failed += 1
            print('$ ' + command)
            print('\n'.join(difflib.unified_diff(wanted, got, 'wanted', 'got',
                                                 lineterm='')))
    finally:
        print('\n'.join(run('barnabas dev stop')))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
