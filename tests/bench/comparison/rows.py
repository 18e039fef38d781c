"""The rows of the table: what is measured, and what is aimed at.

The aims are those of the project's plan; the constants in rows about memory
and starting are bounds of ours, with Kafka's figures beside them.
"""

import dataclasses
import typing

import footprint
import latency
import throughput
from verdict import AT_LEAST, AT_MOST, Aim


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    work: str
    measure: typing.Callable
    aims: tuple


def _least(text, factor, against, figure='barnabas', unit='/s', peer=''):
    return Aim(text, figure, unit, AT_LEAST, factor, against, peer)


def _most(text, factor, against, figure, unit, peer=''):
    return Aim(text, figure, unit, AT_MOST, factor, against, peer)


def _bound(text, figure, unit, factor):
    return Aim(text, figure, unit, AT_MOST, factor)


def _told(text, figure, unit, peer=''):
    return Aim(text, figure, unit, peer=peer)


def _against_both(times, of_ceiling):
    return (_least('≥ %g × Kafka + librdkafka' % times, times, 'kafka',
                   peer='kafka'),
            _least('≥ %g of the ceiling' % of_ceiling, of_ceiling, 'ceiling'))


ROWS = (
    Row('produce-100', 'produce 100 B, 6 partitions, acks=leader, flush: os',
        lambda bench: throughput.produce(bench, 100, 10000000),
        _against_both(4, 0.75)),
    Row('produce-1k', 'produce 1 KiB, the same',
        lambda bench: throughput.produce(bench, 1024, 1500000),
        _against_both(4, 0.75)),
    Row('callbacks', 'produce 100 B, keys hashed, a callback for each record, '
        'default settings',
        lambda bench: throughput.callbacks(bench, 100, 4000000),
        (_least('≥ 2 × Kafka + librdkafka (both: page cache)', 2, 'kafka',
                peer='kafka'),
         _told('told: the same with flush: disk', 'barnabas, flush: disk',
               '/s'))),
    Row('flush-disk', 'produce 1 KiB, 16 partitions, flush: disk',
        lambda bench: throughput.flush_disk(bench, 1024, 800000, 16),
        (_least('≥ 0.5 of flush: os', 0.5, 'os', 'disk'),
         _least('≥ 4 × Kafka with flush.messages=1', 4, 'kafka', 'disk',
                peer='kafka'))),
    Row('consume-100', 'consume 100 B from page cache, records touched',
        lambda bench: throughput.consume(bench, 100, 10000000),
        _against_both(4, 0.8)[1:] + (_least(
            "≥ 4 × Kafka's faster client", 4, 'kafka', peer='kafka'),)),
    Row('consume-1k', 'consume 1 KiB, the same',
        lambda bench: throughput.consume(bench, 1024, 1500000),
        _against_both(4, 0.8)[1:] + (_least(
            "≥ 4 × Kafka's faster client", 4, 'kafka', peer='kafka'),)),
    Row('codecs', "broker's CPU for a 100 B record, sent and read",
        lambda bench: throughput.codecs(bench, 100, 5000000),
        (_most('lz4 ≤ uncompressed', 1, 'none', 'lz4', 'ns'),
         _most('zstd ≤ uncompressed', 1, 'none', 'zstd', 'ns'))),
    Row('e2e', 'end to end 100 B at 10,000/s, best linger, flush: os',
        latency.end_to_end,
        (_most('p50 ≤ 4 × a raw stream round trip', 4, 'stream', 'p50', 'ms'),
         _most("p99 ≤ 1/2 of Kafka's", 0.5, 'kafka p99', 'p99', 'ms',
               'kafka'),
         _told("told: Kafka's p50", 'kafka p50', 'ms', 'kafka'))),
    Row('crowd', 'p99 end to end at 10,000/s beside other readers',
        lambda bench: latency.crowd(bench, 1000000),
        (_most('one slow reader: ≤ 1.5 × without', 1.5, 'alone', 'slow', 'ms'),
         _most('100 idle readers: ≤ 1.5 × without', 1.5, 'alone', 'idle',
               'ms'),
         _most('1,000 long polls: ≤ 1.5 × without', 1.5, 'alone', 'polls',
               'ms'))),
    Row('memory', 'resident memory, broker and controller',
        footprint.memory,
        (_bound('idle ≤ 40 MiB (Kafka: 368)', 'idle', 'MiB', 40),
         _told('told: of that the broker', 'idle broker', 'MiB'),
         _bound('1,000 idle partitions ≤ 100 MiB', '1,000 partitions', 'MiB',
                100),
         _told('told: at the end of the produce runs',
               'at the end of producing', 'MiB'),
         _bound('after the produce runs ≤ 256 MiB (Kafka: 1,172)',
                'after produce', 'MiB', 256))),
    Row('start', 'clean start to first ack', footprint.clean_start,
        (_bound('≤ 0.3 s (Kafka: 3.1)', 'start', 's', 0.3),)),
    Row('recovery', 'kill -9 under load, 5 GiB of log, start to first ack',
        footprint.recovery,
        (_bound('≤ 1 s (Kafka: 13)', 'start', 's', 1),
         # Each byte above is read to check it, and again to write it anew.
         _most('reads ≤ 3 × what lies above the durable points', 3, 'above',
               'read', 'MiB'))),
    Row('partitions', '10,000 partitions on one broker, produce 100 B to all',
        lambda bench: throughput.many_partitions(bench, 100, 10000000),
        (_least('≥ 0.5 of the rate of 6 partitions', 0.5, 'six', 'many'),
         _told('told: creating them', 'create s', 's'),
         _told('told: open files', 'files', ''),
         _told('told: resident memory of the broker', 'resident', 'MiB'))),
)

NAMES = tuple(row.name for row in ROWS)
