"""Rows about memory and about starting."""

import time

import barnabas
import machine
import throughput

# Until background work is done and freed memory is given back.
IDLE_SECONDS = 15


def memory(bench):
    """Broker and controller together, each phase on a fresh cluster."""
    cluster = bench.cluster('memory')
    time.sleep(IDLE_SECONDS)
    samples = {'idle': [cluster.resident_mib()],
               'idle broker': [machine.resident_mib(cluster.broker())]}
    cluster.create('many', 1000)
    time.sleep(IDLE_SECONDS)
    samples['1,000 partitions'] = [cluster.resident_mib()]
    bench.drop('memory')

    cluster = bench.cluster('memory')
    for size, records in ((100, 10000000), (1024, 2000000)):
        cluster.create('t%d' % size, throughput.PARTITIONS)
        throughput.send(cluster, 't%d' % size, bench.count(records), size,
                        '--acks', 'leader')
    samples['at the end of producing'] = [cluster.resident_mib()]
    time.sleep(IDLE_SECONDS)
    samples['after produce'] = [cluster.resident_mib()]
    bench.drop('memory')
    return samples


def _first_ack(cluster, topic):
    """Seconds from starting both programs to an acknowledged record."""
    begin = time.monotonic()
    cluster.spawn('controller')
    broker = cluster.spawn('broker')
    machine.wait_until(lambda: machine.answers(cluster.base), 60,
                       'the listener', step=0.002)
    machine.wait_until(lambda: cluster.takes_one(topic), 60, 'the first ack')
    return time.monotonic() - begin, broker.pid


def clean_start(bench):
    cluster = bench.cluster('start')
    cluster.create('t', throughput.PARTITIONS)
    throughput.send(cluster, 't', bench.count(1000000), 100)
    cluster.stop()

    def start():
        took = _first_ack(cluster, 't')[0]
        cluster.end_spawned()
        return took

    samples = bench.take_turns([('start', start)])
    bench.drop('start')
    return samples


def recovery(bench):
    """kill -9 of both programs under load, then to the first ack."""
    cluster = bench.cluster('recovery')
    cluster.create('t', throughput.PARTITIONS)
    records = bench.count(5 * 2**20)
    throughput.send(cluster, 't', records, 1024, '--acks', 'leader')
    cluster.stop()

    def die_and_start():
        _first_ack(cluster, 't')
        load = machine.start(
            [cluster.client, 'bench', 'produce', 't', '--rate', '50000',
             '--size', '1024', '--acks', 'leader', '--duration', '60s'],
            cluster.folder + '/load.log', cluster.environment)
        try:
            time.sleep(4)
            if load.poll() is not None:
                raise machine.Trouble('the load ended too soon')
            for process in cluster.spawned:
                machine.kill(process.pid)
        finally:
            machine.end(load)
        cluster.end_spawned()
        above = barnabas.bytes_above_durable_points(cluster.data())
        took, broker = _first_ack(cluster, 't')
        read = machine.bytes_read(broker)
        cluster.end_spawned()
        return {'start': took, 'read': read / 2**20, 'above': above / 2**20}

    samples = bench.take_turns([('recovery', die_and_start)])
    bench.drop('recovery')
    return samples
