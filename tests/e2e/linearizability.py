"""Whether a history of calls on topics could have happened one by one.

The order in which calls took effect may be any that agrees with time: a call
that returned before another was invoked comes before it. A call of unknown
outcome took effect at some moment after it was invoked, or never. Keys are
independent, so each is searched by itself (Wing and Gong; states that were
seen with the same set of calls are not searched again, after Lowe).

A key is absent, or a topic with a setting. Pure: no I/O.
"""

import collections

ABSENT = None
DEFAULT = 'default'
UNKNOWN = 'unknown'
# States looked at before a key is given up; its history is too wide.
STATES_MAX = 300000

Call = collections.namedtuple(
    'Call', 'key caller invoked returned operation argument result')


class TooWide(Exception):
    """A key whose history cannot be judged."""


def parse(line):
    key, caller, invoked, returned, operation, argument, result = line.split()
    return Call(key, int(caller), int(invoked), int(returned), operation,
                argument, result)


def apply_call(state, call):
    """What a call answers in `state`, and the state after it."""
    if call.operation == 'create':
        return ('ok', DEFAULT) if state is ABSENT else ('exists', state)
    if state is ABSENT:
        return 'absent', ABSENT
    if call.operation == 'delete':
        return 'ok', ABSENT
    if call.operation == 'set':
        return 'ok', call.argument
    if call.operation == 'read':
        return state, state
    raise ValueError('no such operation: %s' % call.operation)


def _events(calls):
    """The calls' begins and ends in order of time, as (number, is_end)."""
    events = []
    for number, call in enumerate(calls):
        events.append((call.invoked, 0, number, False))
        if call.result != UNKNOWN:
            events.append((call.returned, 1, number, True))
    # A begin before an end of the same moment: they overlap.
    return [(number, is_end) for _, _, number, is_end in sorted(events)]


def _needed(calls):
    """Without the unknown `set`s whose value nobody ever read.

    In whichever order one of them had an effect, the order without it fits as
    well: it changes no other answer.
    """
    read = {call.result for call in calls if call.operation == 'read'}
    return [call for call in calls
            if not (call.operation == 'set' and call.result == UNKNOWN and
                    call.argument not in read)]


def linearizable(calls):
    """True if the calls of one key fit; raises TooWide.

    Walks through time with all configurations that are possible so far: the
    state, and which of the pending calls have taken effect. An end keeps
    those in which the call took effect with the result that was seen.
    """
    calls = _needed(calls)
    configurations = {(ABSENT, frozenset())}
    pending = set()
    looked_at = 0
    for number, is_end in _events(calls):
        if not is_end:
            pending.add(number)
            continue
        reached = set()
        stack = list(configurations)
        seen = set(stack)
        while stack:
            state, done = stack.pop()
            looked_at += 1
            if looked_at > STATES_MAX:
                raise TooWide(calls[number].key)
            if number in done:
                reached.add((state, done - {number}))
                continue
            for other in pending - done:
                call = calls[other]
                result, after = apply_call(state, call)
                if call.result not in (UNKNOWN, result):
                    continue
                # An unknown call that changes nothing is as good as none.
                if call.result == UNKNOWN and after == state:
                    continue
                following = (after, done | {other})
                if following not in seen:
                    seen.add(following)
                    stack.append(following)
        pending.discard(number)
        configurations = reached
        if not configurations:
            return False
    return True


def check(calls):
    """Keys of which the history fits no order; those too wide to judge."""
    by_key = collections.defaultdict(list)
    for call in calls:
        by_key[call.key].append(call)
    broken, wide = [], []
    for key in sorted(by_key):
        try:
            if not linearizable(by_key[key]):
                broken.append(key)
        except TooWide:
            wide.append(key)
    return broken, wide
