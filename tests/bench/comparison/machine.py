"""Programs and what /proc says of them. Every wait has an end."""

import json
import os
import signal
import socket
import subprocess
import time

# No single command of a comparison takes longer.
COMMAND_SECONDS = 600
_TICKS = os.sysconf('SC_CLK_TCK')
_PAGE = os.sysconf('SC_PAGE_SIZE')


class Trouble(Exception):
    """A figure cannot be had; says why."""


def run(words, environment=None, seconds=COMMAND_SECONDS, feed=''):
    """The standard output of a command that must succeed."""
    try:
        done = subprocess.run(
            words, env=environment, input=feed, timeout=seconds, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except subprocess.TimeoutExpired:
        raise Trouble('%s took longer than %d s' % (short(words), seconds))
    except OSError as error:
        raise Trouble('%s: %s' % (words[0], error))
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().split('\n')[-3:]
        raise Trouble('%s ended with %d: %s' % (
            short(words), done.returncode, ' / '.join(last)))
    return done.stdout


def short(words):
    return ' '.join([os.path.basename(words[0])] + list(words[1:]))


def json_of(text, what):
    """The last line, or all of it, as JSON."""
    for piece in (text, text.strip().split('\n')[-1]):
        try:
            return json.loads(piece)
        except ValueError:
            continue
    raise Trouble('%s gave no JSON but: %s' % (what, text[-200:]))


def start(words, log, environment=None):
    """A program in the background, its output in the file `log`."""
    with open(log, 'ab') as out:
        return subprocess.Popen(words, env=environment, stdout=out,
                                stderr=out, stdin=subprocess.DEVNULL)


def end(process, seconds=15):
    """Ends a program that `start` started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition, seconds, what, step=0.005):
    """Waits until `condition()` is true; the time that it took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise Trouble('%s took longer than %d s' % (what, seconds))
        time.sleep(step)
    return time.monotonic() - begin


def answers(port):
    try:
        socket.create_connection(('127.0.0.1', port), 0.2).close()
        return True
    except OSError:
        return False


def free_base(count, seed):
    """The first of `count` ports in a row that are free now."""
    for attempt in range(50):
        base = 20000 + (seed * 37 + attempt * 1009) % 10000
        if all(_is_free(port) for port in range(base, base + count)):
            return base
    raise Trouble('no %d free ports in a row' % count)


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return False
    return True


def resident_mib(pid):
    with open('/proc/%d/statm' % pid, encoding='ascii') as file:
        return int(file.read().split()[1]) * _PAGE / 2**20


def resident_together_mib(pids):
    """Of several processes, pages that they share (programs') counted once.

    A mapping's private pages are its process's own; of its shared ones the
    largest part of any process counts.
    """
    private, shared = 0, {}
    for pid in pids:
        with open('/proc/%d/smaps' % pid, encoding='ascii') as file:
            key = None
            for line in file:
                words = line.split()
                if not words[0].endswith(':'):
                    # Range, permissions, offset, device, inode, path.
                    key = tuple(words[1:5])
                elif words[0].startswith('Private_') and words[2:] == ['kB']:
                    private += int(words[1])
                elif words[0].startswith('Shared_') and words[2:] == ['kB']:
                    mine = shared.setdefault(key, {})
                    mine[pid] = mine.get(pid, 0) + int(words[1])
    return (private + sum(max(of.values()) for of in shared.values())) / 1024


def cpu_seconds(pid):
    with open('/proc/%d/stat' % pid, encoding='ascii') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def bytes_read(pid):
    """What the process asked the kernel to read, page cache included."""
    with open('/proc/%d/io' % pid, encoding='ascii') as file:
        for line in file:
            if line.startswith('rchar:'):
                return int(line.split()[1])
    raise Trouble('/proc/%d/io says nothing' % pid)


def open_files(pid):
    return len(os.listdir('/proc/%d/fd' % pid))


def alive(pid):
    try:
        with open('/proc/%d/stat' % pid, encoding='ascii') as file:
            return file.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except OSError:
        return False


def kill(pid):
    """kill -9, and waits until it is gone."""
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), 30, 'the end of process %d' % pid)


def settle():
    """Nobody else's dirty pages go to the disk during the next figure."""
    os.sync()
