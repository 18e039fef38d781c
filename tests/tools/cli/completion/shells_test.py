"""Presses Tab in real shells, on a cluster of its own and on none.

    shells_test.py BARNABAS BROKER CONTROLLER

Bash runs behind a terminal. zsh and fish check their scripts and, where they
are installed, complete a line; where they are not, that is said.
"""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))
import tour  # noqa: E402

PATIENCE = 60


class Bash:
    """An interactive bash whose every answer ends with a known prompt."""

    def __init__(self):
        self.text = ''
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(PS1='READY>', TERM='dumb', INPUTRC='/dev/null')
            os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])
        self.send('bind "set enable-bracketed-paste off"\n'
                  'bind "set bell-style none"\n'
                  'bind "set completion-query-items 1000"\n'
                  'bind "set page-completions off"\n'
                  'source <(barnabas completion bash); echo LOA""DED\n')
        self.wait_for('LOADED')

    def send(self, keys):
        os.write(self.terminal, keys.encode())

    def wait_for(self, wanted):
        """The output up to `wanted`."""
        end = time.monotonic() + PATIENCE
        while wanted not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise AssertionError('no %r in %r' % (wanted, self.text))
            self.text += os.read(self.terminal, 65536).decode(errors='replace')
        before, self.text = self.text.split(wanted, 1)
        return before

    def completed(self, line):
        """What `line` and Tab become, as an echo shows it."""
        # The echo's words are quoted apart, so that typing them is no answer.
        self.send('\x15' + line + '\t')
        self.send('\x01echo "<<""[" \x05 "]"">>"\n')
        self.wait_for('<<[ ')
        return self.wait_for(' ]>>')

    def offered(self, line, last):
        """All that two Tabs list, up to the value `last`."""
        self.send('\x15' + line + '\t\t')
        text = self.wait_for(last)
        self.send('\x15\n')
        return text + last

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


class ShellsTest(unittest.TestCase):

    def bash(self):
        bash = Bash()
        self.addCleanup(bash.close)
        return bash

    def test_commands_and_flags(self):
        bash = self.bash()
        self.assertEqual(bash.completed('barnabas topic desc'),
                         'barnabas topic describe')
        self.assertEqual(bash.completed('barnabas topic describe --under-m'),
                         'barnabas topic describe --under-min-isr')
        self.assertIn('completion', bash.offered('barnabas co', 'consume'))

    def test_topics_of_the_cluster(self):
        bash = self.bash()
        self.assertEqual(bash.completed('barnabas topic describe ord'),
                         'barnabas topic describe orders.eu')
        self.assertEqual(bash.completed('barnabas consume -p 0 pay'),
                         'barnabas consume -p 0 payments')

    def test_settings_of_the_cluster(self):
        bash = self.bash()
        self.assertEqual(
            bash.completed('barnabas config set topic/pay'),
            'barnabas config set topic/payments')
        self.assertEqual(
            bash.completed('barnabas config set topic/payments retention.b'),
            'barnabas config set topic/payments retention.bytes=')
        self.assertEqual(
            bash.completed('barnabas topic alter payments -c cleanup.p'),
            'barnabas topic alter payments -c cleanup.policy=')
        self.assertEqual(
            bash.completed('barnabas rpc TopicAdmin/Tr'),
            'barnabas rpc TopicAdmin/TrimTopic')

    def test_values_behind_an_equal_sign(self):
        bash = self.bash()
        self.assertEqual(
            bash.completed('barnabas broker log-level --severity=warn'),
            'barnabas broker log-level --severity=warning')

    def test_without_a_cluster_it_is_quick_and_silent(self):
        begin = time.monotonic()
        done = subprocess.run(
            ['barnabas', '__complete', '--', '-b', '127.0.0.1:1', 'topic',
             'describe', ''], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, check=False, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, ':4\n', ''))
        # Half a second is its own bound; the rest is a busy machine's.
        self.assertLess(time.monotonic() - begin, 10)

    def check(self, shell, arguments):
        if shutil.which(shell) is None:
            print('NOT CHECKED HERE: %s is not installed' % shell)
            self.skipTest(shell + ' is not installed')
        script = subprocess.run(['barnabas', 'completion', shell],
                                stdout=subprocess.PIPE, text=True, check=True)
        path = os.path.join(os.environ['TEST_TMPDIR'], '_' + shell)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(script.stdout)
        done = subprocess.run([shell] + arguments + [path],
                              stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return path

    def test_bash_parses_its_script(self):
        self.check('bash', ['-n'])

    def test_zsh_parses_and_takes_its_script(self):
        path = self.check('zsh', ['-n'])
        done = subprocess.run(
            ['zsh', '-f', '-c',
             'autoload -U compinit; compinit -D -u; source %s; '
             'print -r -- "$_comps[barnabas]"' % path],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=True)
        self.assertEqual(done.stdout, '_barnabas\n')

    def test_fish_parses_and_completes(self):
        path = self.check('fish', ['--no-execute'])
        done = subprocess.run(
            ['fish', '--no-config', '-c',
             'source %s; complete -C "barnabas topic describe ord"' % path],
            stdout=subprocess.PIPE, text=True, check=True)
        self.assertTrue(done.stdout.startswith('orders.eu'), done.stdout)


def main():
    programs = sys.argv[1:]
    temporary = tour.prepare(programs)
    if not tour.start(os.path.join(temporary, 'data'), 1):
        print('\n'.join(tour.run('barnabas dev logs')))
        sys.exit('the cluster did not start')
    try:
        for topic in ('orders.eu', 'payments'):
            print('\n'.join(tour.run('barnabas topic create ' + topic)))
        program = unittest.main(argv=['shells_test'], exit=False, verbosity=2)
        failed = not program.result.wasSuccessful()
    finally:
        print('\n'.join(tour.run('barnabas dev stop')))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
