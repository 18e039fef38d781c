"""Kafka on this machine, through ../peers/kafka."""

import os

import machine

_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..',
                       'peers', 'kafka')
BROKER = '127.0.0.1:19092'


class Kafka:

    def __init__(self, folder):
        self.environment = dict(os.environ, PEERS_DIR=folder)

    def call(self, *words, seconds=machine.COMMAND_SECONDS, **more):
        return machine.run([_SCRIPT, *words],
                           dict(self.environment, **more), seconds)

    def start(self):
        self.call('setup')
        self.call('start', '1')
        # Classes are loaded and compiled before anything is measured.
        self.create('warm', 6)
        self.produce('warm', 2000000, 100, '1')
        self.delete('warm')

    def stop(self):
        self.call('stop', seconds=120)

    def create(self, topic, partitions, setting=''):
        self.call('topic', topic, str(partitions), *([setting] if setting
                                                     else []))

    def delete(self, topic):
        self.call('delete', topic)

    def client(self, *words, **more):
        return machine.json_of(self.call('client', *words, **more),
                               'kafka_c_client ' + words[0])

    def produce(self, topic, count, size, acks, keys=0):
        words = ['produce', BROKER, topic, str(count), str(size), acks]
        if keys:
            words.append(str(keys))
        return self.client(*words)['records/s']

    def consume(self, topic, count):
        """Records/s of the faster of both clients."""
        native = self.client('consume', BROKER, topic, str(count))
        java = machine.json_of(self.call('read', topic, str(count)),
                               'kafka read')
        return max(native['records/s'], java['records/s'])

    def end_to_end(self, topic, rate, seconds, size, linger_ms):
        return self.client('e2e', BROKER, topic, str(rate), str(seconds),
                           str(size), LINGER_MS=str(linger_ms))
