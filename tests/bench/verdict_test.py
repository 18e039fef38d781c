"""The verdicts and the table of compare, on made-up figures.

The folder of verdict.py is the first argument; the rest is unittest's.
"""

import math
import sys
import unittest

sys.path.insert(0, sys.argv.pop(1))
# pylint: disable=wrong-import-position
import verdict  # noqa: E402
from verdict import Aim, judge  # noqa: E402

KAFKA = frozenset(['kafka'])
NOBODY = frozenset()
FOUR_TIMES = Aim('≥ 4 × Kafka', 'barnabas', '/s', verdict.AT_LEAST, 4, 'kafka',
                 'kafka')
OF_CEILING = Aim('≥ 0.75', 'barnabas', '/s', verdict.AT_LEAST, 0.75, 'ceiling')
HALF = Aim('≤ half', 'p99', 'ms', verdict.AT_MOST, 0.5, 'kafka p99')
BELOW = Aim('≤ 40 MiB', 'idle', 'MiB', verdict.AT_MOST, 40)
TOLD = Aim('told', 'idle', 'MiB')


class JudgeTest(unittest.TestCase):

    def state(self, aim, samples, asked=KAFKA):
        return judge(aim, samples, asked).state

    def test_an_aim_that_is_just_reached_holds(self):
        self.assertEqual(verdict.HOLDS, self.state(
            FOUR_TIMES, {'barnabas': [8.0], 'kafka': [2.0]}))
        self.assertEqual(verdict.HOLDS, self.state(
            HALF, {'p99': [1.0], 'kafka p99': [2.0]}))
        self.assertEqual(verdict.HOLDS, self.state(BELOW, {'idle': [40.0]}))

    def test_an_aim_that_is_just_not_reached_is_missed(self):
        self.assertEqual(verdict.MISSED, self.state(
            FOUR_TIMES, {'barnabas': [7.99], 'kafka': [2.0]}))
        self.assertEqual(verdict.MISSED, self.state(
            HALF, {'p99': [1.01], 'kafka p99': [2.0]}))
        self.assertEqual(verdict.MISSED, self.state(BELOW, {'idle': [40.1]}))

    def test_rounds_are_compared_with_themselves(self):
        # The machine was twice as fast in the first round, for both.
        found = judge(OF_CEILING, {'barnabas': [160.0, 80.0, 60.0],
                                   'ceiling': [200.0, 100.0, 100.0]}, NOBODY)
        self.assertEqual(verdict.HOLDS, found.state)
        self.assertAlmostEqual(0.8, found.ratio)

    def test_one_lucky_round_does_not_carry_an_aim(self):
        self.assertEqual(verdict.MISSED, self.state(OF_CEILING, {
            'barnabas': [900.0, 50.0, 50.0], 'ceiling': [100.0] * 3}))

    def test_different_counts_of_rounds_compare_by_their_medians(self):
        found = judge(FOUR_TIMES, {'barnabas': [8.0, 9.0, 10.0],
                                   'kafka': [2.0]}, KAFKA)
        self.assertAlmostEqual(4.5, found.ratio)

    def test_a_missing_figure_never_holds(self):
        for samples in ({}, {'barnabas': [], 'kafka': [1.0]},
                        {'barnabas': [9.0]}, {'barnabas': [9.0], 'kafka': []},
                        {'barnabas': [9.0], 'kafka': None}):
            self.assertEqual(verdict.NO_FIGURE,
                             self.state(FOUR_TIMES, samples), samples)
        self.assertEqual(verdict.NO_FIGURE, self.state(BELOW, {}))
        self.assertEqual(verdict.NO_FIGURE, self.state(TOLD, {}))

    def test_a_figure_that_is_none_never_holds(self):
        for bad in (0, 0.0, -1.0, math.nan, math.inf, None, '9'):
            self.assertEqual(verdict.NO_FIGURE, self.state(
                FOUR_TIMES, {'barnabas': [9.0, bad], 'kafka': [1.0, 1.0]}))
            self.assertEqual(verdict.NO_FIGURE, self.state(
                FOUR_TIMES, {'barnabas': [9.0], 'kafka': [bad]}))
            self.assertEqual(verdict.NO_FIGURE,
                             self.state(BELOW, {'idle': [bad]}))

    def test_a_peer_that_was_not_asked_for_is_not_judged(self):
        self.assertEqual(verdict.NOT_ASKED, self.state(
            FOUR_TIMES, {'barnabas': [8.0]}, NOBODY))

    def test_what_is_only_told_neither_holds_nor_fails(self):
        found = judge(TOLD, {'idle': [4000.0]}, NOBODY)
        self.assertEqual(verdict.TOLD, found.state)
        self.assertIsNone(found.ratio)


class ExitCodeTest(unittest.TestCase):

    def code(self, *states):
        return verdict.exit_code(
            [verdict.Verdict(TOLD, state) for state in states])

    def test_all_hold(self):
        self.assertEqual(0, self.code(verdict.HOLDS, verdict.TOLD))

    def test_one_missed(self):
        self.assertEqual(1, self.code(verdict.HOLDS, verdict.MISSED))

    def test_trouble_comes_before_a_miss(self):
        self.assertEqual(2, self.code(verdict.MISSED, verdict.NO_FIGURE))

    def test_nothing_judged_is_trouble(self):
        self.assertEqual(2, self.code())


class TableTest(unittest.TestCase):

    def test_every_verdict_has_its_line_and_every_line_its_verdict(self):
        samples = {'barnabas': [8e6, 9e6, 10e6], 'kafka': [2.5e6] * 3,
                   'ceiling': [10e6] * 3, 'idle': [1536.0]}
        verdicts = [judge(aim, samples, KAFKA)
                    for aim in (FOUR_TIMES, OF_CEILING, BELOW, TOLD)]
        lines = verdict.table([('produce', verdicts)]).split('\n')
        self.assertEqual(len(verdicts) + 2, len(lines))
        self.assertRegex(lines[1], r'^produce +≥ 4 × Kafka +'
                         r'9\.00 M/s \(8\.00–10\.00\) +2\.50 M/s +3\.60 +'
                         r'MISSED$')
        self.assertRegex(lines[2], r'^ +≥ 0\.75 .* 0\.90 +holds$')
        self.assertRegex(lines[3], r'1\.50 GiB +40\.0 MiB +38\.40 +MISSED$')
        self.assertRegex(lines[4], r'1\.50 GiB +- +-$')

    def test_a_row_in_trouble_says_so(self):
        found = judge(BELOW, {}, NOBODY)
        self.assertIn('NO FIGURE', verdict.table([('memory', [found])]))
        self.assertIn('WITHOUT A FIGURE', verdict.summary([found]))

    def test_the_summary_counts(self):
        verdicts = [verdict.Verdict(TOLD, state) for state in (
            verdict.HOLDS, verdict.HOLDS, verdict.MISSED, verdict.NOT_ASKED)]
        self.assertEqual('2 aims hold, 1 missed, 1 not judged (their peer was '
                         'not asked for: --with)', verdict.summary(verdicts))

    def test_least_and_most_are_in_the_scale_of_the_middle(self):
        self.assertEqual('1.00 M/s (0.90–1200.00)', verdict.figure_text(
            [900e3, 1e6, 1.2e9], '/s'))

    def test_units(self):
        for value, unit, text in ((999, '/s', '999 /s'), (1e3, '/s', '1.0 k/s'),
                                  (1.5e6, '/s', '1.50 M/s'),
                                  (0.25, 'ms', '0.250 ms'),
                                  (12.34, 'ms', '12.3 ms'),
                                  (61000, 'ms', '61.00 s'),
                                  (1023, 'MiB', '1023.0 MiB'),
                                  (2048, 'MiB', '2.00 GiB'), (0.3, 's', '0.30 s'),
                                  (40212, '', '40212')):
            self.assertEqual(text, verdict.number(value, unit))


if __name__ == '__main__':
    unittest.main()
