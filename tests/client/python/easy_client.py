"""An easy client: generated stubs, unary calls, nothing else.

easy_client.py HOST:PORT TOPIC produces two records, produces them again as a
retry would, and reads them back. Its whole text is the example; it checks what
it gets.
"""

import sys

import grpc

from barnabas.v1 import common_pb2, consumer_pb2, consumer_pb2_grpc
from barnabas.v1 import producer_pb2, producer_pb2_grpc, record_pb2

channel = grpc.insecure_channel(sys.argv[1])
topic = common_pb2.TopicRef(name=sys.argv[2])
producer = producer_pb2_grpc.ProducerStub(channel)
consumer = consumer_pb2_grpc.ConsumerStub(channel)

me = producer.InitProducer(producer_pb2.InitProducerRequest(), timeout=30)
batch = producer_pb2.ProduceBatch(
    topic=topic,
    partition=0,
    producer=producer_pb2.ProducerState(
        producer_id=me.producer_id, producer_epoch=me.producer_epoch,
        base_sequence=0),
    structured=record_pb2.RecordBatch(records=[
        record_pb2.Record(key=b'alice', value=b'2 apples'),
        record_pb2.Record(key=b'bob', headers=[record_pb2.Header(name='h')]),
    ]))
request = producer_pb2.ProduceRequest(batches=[batch])
first, = producer.Produce(request, timeout=30).results
again, = producer.Produce(request, timeout=30).results
assert (first.base_offset, first.last_offset) == (0, 1), first
assert again.duplicate and again.base_offset == 0, again

answer = consumer.Poll(
    consumer_pb2.PollRequest(topic=topic, wait_ms=10000), timeout=30)
records = [record for partition in answer.partitions
           for record in partition.structured.records]
assert [record.key for record in records] == [b'alice', b'bob'], records
assert records[0].value == b'2 apples' and not records[1].HasField('value')
assert [header.name for header in records[1].headers] == ['h']
assert [record.offset for record in records] == [0, 1]

try:
    consumer.Poll(consumer_pb2.PollRequest(
        topic=common_pb2.TopicRef(name='no-such-topic')), timeout=30)
    raise AssertionError('a topic that is not there was read')
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.NOT_FOUND, error
print('ok')
