"""The judge of histories is judged: what fits, and what does not."""

import importlib.util
import sys
import unittest

spec = importlib.util.spec_from_file_location('linearizability', sys.argv[1])
linearizability = importlib.util.module_from_spec(spec)
spec.loader.exec_module(linearizability)


def history(*lines):
    calls = [linearizability.parse('k ' + line) for line in lines]
    return linearizability.linearizable(calls)


class Linearizability(unittest.TestCase):

    def test_one_after_the_other(self):
        self.assertTrue(history('1 0 1 create - ok', '1 2 3 set 7 ok',
                                '1 4 5 read - 7', '1 6 7 delete - ok',
                                '1 8 9 read - absent'))

    def test_a_stale_read_is_found(self):
        self.assertFalse(history('1 0 1 create - ok', '1 2 3 set 7 ok',
                                 '2 4 5 read - default'))

    def test_a_read_beside_a_write_sees_either(self):
        for seen in ('default', '7'):
            self.assertTrue(history('1 0 1 create - ok', '1 2 9 set 7 ok',
                                    '2 3 4 read - ' + seen))

    def test_reads_do_not_go_back(self):
        self.assertFalse(history('1 0 1 create - ok', '1 2 9 set 7 ok',
                                 '2 3 4 read - 7', '2 5 6 read - default'))

    def test_a_lost_write_is_found(self):
        self.assertFalse(history('1 0 1 create - ok', '2 2 3 read - absent'))

    def test_an_unknown_write_may_have_happened_or_not(self):
        self.assertTrue(history('1 0 1 create - unknown', '2 2 3 read - absent'))
        self.assertTrue(history('1 0 1 create - unknown',
                                '2 2 3 read - default'))

    def test_an_unknown_write_may_happen_late_but_once(self):
        self.assertTrue(history('1 0 1 create - unknown', '2 2 3 read - absent',
                                '2 4 5 read - default'))
        self.assertFalse(history(
            '1 0 1 create - unknown', '2 2 3 read - default',
            '2 4 5 delete - ok', '2 6 7 read - default'))

    def test_an_unknown_set_that_was_read_has_happened(self):
        self.assertTrue(history('1 0 1 create - ok', '1 2 3 set 7 unknown',
                                '1 2 3 set 8 unknown', '2 4 5 read - 7'))
        self.assertFalse(history('1 0 1 create - ok', '1 2 3 set 7 unknown',
                                 '2 4 5 read - 7', '2 6 7 read - default'))

    def test_it_does_not_happen_before_it_was_invoked(self):
        self.assertFalse(history('2 0 1 read - default',
                                 '1 2 3 create - unknown'))

    def test_two_creates_do_not_both_succeed(self):
        self.assertFalse(history('1 0 5 create - ok', '2 0 5 create - ok'))
        self.assertTrue(history('1 0 5 create - ok', '2 0 5 create - exists'))

    def test_keys_are_judged_by_themselves(self):
        calls = [linearizability.parse(line) for line in (
            'a 1 0 1 create - ok', 'b 1 2 3 read - default',
            'a 1 4 5 read - default')]
        self.assertEqual(linearizability.check(calls), (['b'], []))

    def test_what_is_too_wide_is_said_to_be(self):
        linearizability.STATES_MAX, before = 10, linearizability.STATES_MAX
        try:
            lines = ['k %d 0 %d %s - unknown' % (
                i, 90 + i, ('create', 'delete')[i % 2]) for i in range(8)]
            calls = [linearizability.parse(line) for line in
                     ['k 9 0 1 create - ok'] + lines + ['k 9 2 95 read - absent']]
            self.assertEqual(linearizability.check(calls), ([], ['k']))
        finally:
            linearizability.STATES_MAX = before


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
