"""Rows about how long a record takes."""

import os
import statistics
import subprocess

import machine
import throughput

RATE = 10000
SECONDS = 8
SIZE = 100
BARNABAS_LINGERS = ('0', '1ms')
KAFKA_LINGERS_MS = ('0.2', '1')
# How long the crowd may take to gather, and its measured neighbour.
GATHER_SECONDS = 60
CROWD_SECONDS = 120


def _end_to_end(cluster, topic, linger, *more):
    result = cluster.json('bench', 'e2e', topic, '--rate', str(RATE),
                          '--duration', '%ds' % SECONDS, '--size', str(SIZE),
                          '--acks', 'leader', '--linger', linger, *more)
    return result


def end_to_end(bench):
    """Each side at its best linger: the one with the lowest median p99."""
    cluster, topic = bench.cluster(), bench.topic()
    cluster.create(topic, 1)

    def ours(linger):
        result = _end_to_end(cluster, topic, linger, '--ceiling')
        return {
            'p50 ' + linger: result['latency']['p50Ms'],
            'p99 ' + linger: result['latency']['p99Ms'],
            'stream ' + linger: result['ceilings'][0]['latency']['p50Ms']}

    def kafkas(linger):
        result = bench.kafka.end_to_end(topic, RATE, SECONDS + 2, SIZE, linger)
        return {'kafka p50 ' + linger: result['p50 ms'],
                'kafka p99 ' + linger: result['p99 ms']}

    contestants = [('barnabas', lambda linger=linger: ours(linger))
                   for linger in BARNABAS_LINGERS]
    if bench.kafka:
        bench.kafka.create(topic, 1)
        contestants += [('kafka', lambda linger=linger: kafkas(linger))
                        for linger in KAFKA_LINGERS_MS]
    samples = bench.take_turns(contestants)
    cluster.delete(topic)
    best = _best(samples, 'p99 ', BARNABAS_LINGERS)
    for name in ('p50 ', 'p99 ', 'stream '):
        samples[name.strip()] = samples[name + best]
    bench.say('Barnabas is best at linger ' + best)
    if bench.kafka:
        bench.kafka.delete(topic)
        best = _best(samples, 'kafka p99 ', KAFKA_LINGERS_MS)
        samples['kafka p99'] = samples['kafka p99 ' + best]
        samples['kafka p50'] = samples['kafka p50 ' + best]
        bench.say('Kafka is best at linger %s ms' % best)
    return samples


def _best(samples, prefix, lingers):
    return min(lingers,
               key=lambda linger: statistics.median(samples[prefix + linger]))


class _Crowd:
    """`bench crowd` in the background, once it has gathered."""

    def __init__(self, cluster, topic, words):
        log = os.path.join(cluster.folder, 'crowd.log')
        with open(log, 'w', encoding='utf-8') as out:
            self._process = subprocess.Popen(
                [cluster.client, 'bench', 'crowd', topic, *words, '--duration',
                 '%ds' % CROWD_SECONDS], env=cluster.environment, stdout=out,
                stderr=out, stdin=subprocess.DEVNULL)

        def gathered():
            with open(log, encoding='utf-8') as said:
                text = said.read()
            if self._process.poll() is not None:
                raise machine.Trouble('the crowd went away: ' + text)
            return 'gathered' in text

        try:
            machine.wait_until(gathered, GATHER_SECONDS, 'the crowd')
        except machine.Trouble:
            machine.end(self._process)
            raise

    def end(self):
        if self._process.poll() is not None:
            raise machine.Trouble('the crowd went away too soon')
        machine.end(self._process)


def crowd(bench, records):
    """p99 of an even load, alone and beside readers that want little."""
    cluster, topic, behind, idle = (bench.cluster(), bench.topic(),
                                    bench.topic(), bench.topic())
    for name in (topic, behind, idle):
        cluster.create(name, 1)
    # What the slow reader has before it: more than it reads meanwhile.
    throughput.send(cluster, behind, bench.count(records), 1024, '--acks',
                    'leader')

    def p99(where='', *words):
        others = _Crowd(cluster, where, words) if where else None
        try:
            return _end_to_end(cluster, topic, '0')['latency']['p99Ms']
        finally:
            if others is not None:
                others.end()

    samples = bench.take_turns([
        ('alone', p99),
        ('slow', lambda: p99(behind, '--slow', '1')),
        ('idle', lambda: p99(idle, '--idle', '100')),
        ('polls', lambda: p99(idle, '--polls', '1000'))])
    for name in (topic, behind, idle):
        cluster.delete(name)
    return samples
