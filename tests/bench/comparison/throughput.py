"""Rows about records a second: produce, consume, codecs, partitions."""

import machine

PARTITIONS = 6
KEYS = 10000
MANY = 10000


def _rate(result):
    return result['recordsPerSecond']


def send(cluster, topic, records, size, *more):
    result = cluster.json('bench', 'produce', topic, '--records', str(records),
                          '--size', str(size), *more)
    if result['failed'] != '0':
        raise machine.Trouble('%s records failed' % result['failed'])
    return result


def produced(bench, size, records, partitions, flush, *more):
    """Records/s into a fresh topic, which is deleted again."""
    cluster, topic = bench.cluster(), bench.topic()
    cluster.create(topic, partitions, flush)
    result = send(cluster, topic, records, size, *more)
    cluster.delete(topic)
    return _rate(result)


def produced_by_kafka(bench, size, records, partitions, acks, keys=0,
                      setting=''):
    topic = bench.topic()
    bench.kafka.create(topic, partitions, setting)
    rate = bench.kafka.produce(topic, records, size, acks, keys)
    bench.kafka.delete(topic)
    return rate


def ceiling(bench, size, records, files, work='produce'):
    return bench.cluster().json(
        'bench', 'ceiling', '--work', work, '--records', str(records),
        '--size', str(size), '--files', str(files), '--dir', bench.folder)


def produce(bench, size, records):
    records = bench.count(records)
    contestants = [
        ('ceiling', lambda: _rate(ceiling(bench, size, records, PARTITIONS))),
        ('barnabas', lambda: produced(bench, size, records, PARTITIONS, 'os',
                                      '--acks', 'leader')),
    ]
    if bench.kafka:
        contestants.append(('kafka', lambda: produced_by_kafka(
            bench, size, records, PARTITIONS, '1')))
    return bench.take_turns(contestants)


def callbacks(bench, size, records):
    """Default settings on both sides; every record has its callback."""
    records = bench.count(records)
    words = ('--callbacks', '--keys', str(KEYS))
    contestants = [
        ('barnabas', lambda: produced(bench, size, records, PARTITIONS, 'os',
                                      *words)),
        ('barnabas, flush: disk', lambda: produced(
            bench, size, records, PARTITIONS, 'disk', *words)),
    ]
    if bench.kafka:
        contestants.append(('kafka', lambda: produced_by_kafka(
            bench, size, records, PARTITIONS, 'all', KEYS)))
    return bench.take_turns(contestants)


def flush_disk(bench, size, records, partitions):
    records = bench.count(records)
    contestants = [
        (flush, lambda flush=flush: produced(
            bench, size, records, partitions, flush, '--acks', 'leader'))
        for flush in ('os', 'disk')]
    if bench.kafka:
        contestants.append(('kafka', lambda: produced_by_kafka(
            bench, size, records, partitions, '1',
            setting='flush.messages=1')))
    return bench.take_turns(contestants)


def consume(bench, size, records):
    """One topic each, written once, then read round by round."""
    records = bench.count(records)
    cluster, topic = bench.cluster(), bench.topic()
    cluster.create(topic, PARTITIONS)
    send(cluster, topic, records, size, '--acks', 'leader')

    def read():
        result = cluster.json('bench', 'consume', topic)
        if int(result['records']) != records:
            raise machine.Trouble('%s of %d records were read' %
                                  (result['records'], records))
        return _rate(result)

    def raw():
        result = ceiling(bench, size, records, PARTITIONS, 'fetch')
        return result['ceilings'][0]['recordsPerSecond']

    contestants = [('ceiling', raw), ('barnabas', read)]
    if bench.kafka:
        bench.kafka.create(topic, PARTITIONS)
        bench.kafka.produce(topic, records, size, '1')
        contestants.append(
            ('kafka', lambda: bench.kafka.consume(topic, records)))
    samples = bench.take_turns(contestants)
    cluster.delete(topic)
    if bench.kafka:
        bench.kafka.delete(topic)
    return samples


def codecs(bench, size, records):
    """Nanoseconds of the broker's CPU for a record that is sent and read."""
    records = bench.count(records)
    cluster = bench.cluster()
    broker = cluster.broker()

    def there_and_back(codec):
        topic = bench.topic()
        cluster.create(topic, PARTITIONS)
        begin = machine.cpu_seconds(broker)
        send(cluster, topic, records, size, '--acks', 'leader', '-z', codec)
        cluster.json('bench', 'consume', topic)
        used = machine.cpu_seconds(broker) - begin
        cluster.delete(topic)
        return used / records * 1e9

    return bench.take_turns([
        (codec, lambda codec=codec: there_and_back(codec))
        for codec in ('none', 'lz4', 'zstd')])


def many_partitions(bench, size, records):
    """A cluster of its own, since so many partitions are felt elsewhere."""
    records = bench.count(records)
    cluster = bench.cluster('many')
    few, many = bench.topic(), bench.topic()
    cluster.create(few, PARTITIONS)

    def create():
        cluster.create(many, MANY)
        return True

    created = machine.wait_until(create, 300, 'creating %d partitions' % MANY)
    bench.say('%d partitions were made in %.1f s' % (MANY, created))
    broker = cluster.broker()

    def rate(topic):
        return _rate(send(cluster, topic, records, size, '--acks', 'leader'))

    samples = bench.take_turns([('six', lambda: rate(few)),
                                ('many', lambda: rate(many))])
    samples['create s'] = [created]
    samples['files'] = [machine.open_files(broker)]
    samples['resident'] = [machine.resident_mib(broker)]
    bench.drop('many')
    return samples
