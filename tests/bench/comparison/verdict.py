"""Aims, what was measured, and whether the aims hold. Pure: no I/O.

A row is one kind of work with several aims. Samples are lists of figures by
name, one figure for each round. An aim compares one list with another, round
by round (the median of the rounds' ratios counts, since a machine moves by a
fifth between rounds), or with a constant.
"""

import dataclasses
import math
import statistics

HOLDS = 'holds'
MISSED = 'MISSED'
# The peer was not asked for.
NOT_ASKED = 'not asked'
# It was asked for and there is no figure: the run is in trouble.
NO_FIGURE = 'NO FIGURE'
# Said without an aim.
TOLD = ''

EXIT_HOLD = 0
EXIT_MISSED = 1
EXIT_TROUBLE = 2

AT_LEAST = '>='
AT_MOST = '<='


@dataclasses.dataclass(frozen=True)
class Aim:
    """`figure` must be `relation` `factor` times the samples `against`.

    Without `against`, `factor` is itself the bound. Without `relation` the
    figure is only told. `peer` names who must have been asked for.
    """
    text: str
    figure: str
    unit: str
    relation: str = ''
    factor: float = 1
    against: str = ''
    peer: str = ''


@dataclasses.dataclass(frozen=True)
class Verdict:
    aim: Aim
    state: str
    figures: tuple = ()
    against: float = None
    ratio: float = None


def usable(values):
    """Figures that can be compared: finite and above zero."""
    return [value for value in values or ()
            if isinstance(value, (int, float)) and math.isfinite(value) and
            value > 0]


def ratio_of(figures, against):
    """The median of the rounds' ratios; of medians if rounds differ."""
    if len(figures) == len(against):
        return statistics.median(
            one / other for one, other in zip(figures, against))
    return statistics.median(figures) / statistics.median(against)


def judge(aim, samples, asked):
    """What `samples` say of `aim`; `asked` are the peers that took part."""
    if aim.peer and aim.peer not in asked:
        return Verdict(aim, NOT_ASKED, tuple(usable(samples.get(aim.figure))))
    raw = samples.get(aim.figure) or []
    figures = usable(raw)
    if not figures or len(figures) != len(raw):
        return Verdict(aim, NO_FIGURE, tuple(figures))
    if not aim.relation:
        return Verdict(aim, TOLD, tuple(figures))
    if aim.against:
        raw = samples.get(aim.against) or []
        others = usable(raw)
        if not others or len(others) != len(raw):
            return Verdict(aim, NO_FIGURE, tuple(figures))
        base, ratio = statistics.median(others), ratio_of(figures, others)
    else:
        base = aim.factor
        ratio = statistics.median(figures) / base
    bound = aim.factor if aim.against else 1
    held = ratio >= bound if aim.relation == AT_LEAST else ratio <= bound
    return Verdict(aim, HOLDS if held else MISSED, tuple(figures), base, ratio)


def exit_code(verdicts):
    states = {verdict.state for verdict in verdicts}
    if NO_FIGURE in states or not verdicts:
        return EXIT_TROUBLE
    return EXIT_MISSED if MISSED in states else EXIT_HOLD


# By unit: from which value on, what it is divided by, how it is written.
_SCALES = {
    '/s': [(1e6, 1e6, '%.2f', 'M/s'), (1e3, 1e3, '%.1f', 'k/s'),
           (0, 1, '%.0f', '/s')],
    'MiB': [(1024, 1024, '%.2f', 'GiB'), (0, 1, '%.1f', 'MiB')],
    'ms': [(1000, 1000, '%.2f', 's'), (10, 1, '%.1f', 'ms'),
           (0, 1, '%.3f', 'ms')],
    's': [(10, 1, '%.1f', 's'), (0, 1, '%.2f', 's')],
    'ns': [(0, 1, '%.0f', 'ns')],
    '': [(0, 1, '%.0f', '')],
}


def _scale_of(value, unit):
    return next(scale for scale in _SCALES[unit] if value >= scale[0])


def number(value, unit):
    _, divisor, form, name = _scale_of(value, unit)
    return (form % (value / divisor) + ' ' + name).rstrip()


def figure_text(figures, unit):
    """All in the scale of the median, so that they compare at sight."""
    if not figures:
        return '-'
    middle = statistics.median(figures)
    text = number(middle, unit)
    if len(figures) == 1:
        return text
    _, divisor, form, _ = _scale_of(middle, unit)
    return '%s (%s–%s)' % (text, form % (min(figures) / divisor),
                           form % (max(figures) / divisor))


HEADER = ('WORK', 'AIM', 'FIGURE (median, min–max)', 'AGAINST', 'RATIO',
          'HOLDS?')


def cells(work, verdict):
    unit = verdict.aim.unit
    against = ('-' if verdict.against is None else
               number(verdict.against, unit))
    ratio = '-' if verdict.ratio is None else '%.2f' % verdict.ratio
    return (work, verdict.aim.text, figure_text(verdict.figures, unit),
            against, ratio, verdict.state)


def table(rows):
    """`rows`: pairs of a work's name and its verdicts. One text."""
    lines = [HEADER]
    for work, verdicts in rows:
        for index, verdict in enumerate(verdicts):
            lines.append(cells('' if index else work, verdict))
    widths = [max(len(line[column]) for line in lines)
              for column in range(len(HEADER))]
    text = ''
    for line in lines:
        text += '  '.join(cell.ljust(width) for cell, width in
                          zip(line, widths)).rstrip() + '\n'
    return text


def summary(verdicts):
    def count(state):
        return sum(verdict.state == state for verdict in verdicts)
    text = '%d aims hold, %d missed' % (count(HOLDS), count(MISSED))
    if count(NOT_ASKED):
        text += ', %d not judged (their peer was not asked for: --with)' % (
            count(NOT_ASKED))
    if count(NO_FIGURE):
        text += ', %d WITHOUT A FIGURE' % count(NO_FIGURE)
    return text
