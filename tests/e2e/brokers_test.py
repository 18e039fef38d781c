"""Brokers as real processes: drained, killed, silent, back, decommissioned.

    brokers_test.py BARNABAS BROKER CONTROLLER

What was acknowledged is read again when its broker is back; topics are made
meanwhile.
"""

import os
import signal
import sys
import time

import dev_cluster
from dev_cluster import Creator, ask, run, wait_for

RECORDS = 600


def state_of(broker):
    for each in ask('broker list')['brokers']:
        if each['id'] == broker:
            return each
    return None


def is_running(broker):
    found = state_of(broker)
    return found and found['state'] == 'BROKER_STATE_RUNNING'


def partitions(topic):
    return ask('partition list %s' % topic)['partitions']


def led_by(topic, broker):
    return [each['partition'] for each in partitions(topic)
            if each.get('leader') == broker]


def without_leader(topic):
    return [each['partition'] for each in partitions(topic)
            if 'leader' not in each or each['leader'] is None]


def check_records(topic):
    done = run('barnabas consume %s -o start -e -f \'%%v\\n\'' % topic)
    values = [int(line) for line in done.stdout.split()]
    assert sorted(values) == list(range(1, RECORDS + 1)), len(values)


def make_topics():
    made = run('barnabas topic create orders -p 6 -r 3')
    assert 'the leader alone is in sync' in made.stderr, made.stderr
    for each in partitions('orders'):
        assert len(each['replicas']) == 3, each
        assert each['isr'] == [each['leader']], each
    run("seq %d | sed 's/.*/key&:&/' | barnabas produce orders -K : -q" %
        RECORDS)
    check_records('orders')


def honest_acks():
    run('barnabas topic create strict -r 3 -c min.insync.replicas=2')
    done = run('echo x | barnabas produce strict --timeout 8s', check=False)
    assert 'NOT_ENOUGH_REPLICAS' in done.stderr, done.stderr
    run('barnabas topic delete strict -y')


def drain():
    leads = led_by('orders', 101)
    told = run('barnabas broker drain 101').stdout
    assert 'still leads %d partitions' % len(leads) in told, told
    assert led_by('orders', 101) == leads, 'nobody else is in sync'
    assert state_of(101)['draining']
    assert 'DRAINING' in run('barnabas broker list').stdout
    run('barnabas topic create elsewhere -p 6 -r 2')
    for each in partitions('elsewhere'):
        assert 101 not in each['replicas'], each
    refused = run('barnabas topic create three -r 3', check=False)
    assert 'INVALID_REPLICATION_FACTOR' in refused.stderr, refused.stderr
    # It lasts over a restart.
    run('barnabas dev kill 101 && barnabas dev resume 101')
    assert state_of(101)['draining'] and is_running(101)
    run('barnabas broker undrain 101')
    assert not state_of(101)['draining']
    run('barnabas topic create three -r 3')
    run('barnabas topic delete three elsewhere -y')
    check_records('orders')


def down(broker, how, limit_s):
    """Fenced in time; what it led is told as unavailable; it comes back."""
    data, _ = dev_cluster.nodes()
    leads = led_by('orders', broker)
    assert leads
    creator = Creator('during-%d-%d' % (broker, how))
    creator.start()
    try:
        pid = dev_cluster.pid_of(broker)
        begin = time.time()
        os.kill(pid, how)
        text = 'Broker %d is now fenced, was running.' % broker
        wait_for('fenced', lambda: dev_cluster.said_at(data, text, begin))
        seconds = dev_cluster.said_at(data, text, begin)
        print('broker %d fenced %.3f s after signal %d' %
              (broker, seconds, how))
        assert seconds <= limit_s, seconds
        wait_for('told', lambda: without_leader('orders') == leads)
        shown = run('barnabas topic describe orders -p')
        assert 'broker %d, alone in sync, is down' % broker in shown.stderr, (
            shown.stderr)
        health = run('barnabas cluster health', check=False)
        assert health.returncode == 7 and 'PARTITION_UNAVAILABLE' in (
            health.stdout), health.stdout
        # Those that others lead go on.
        other = [p['partition'] for p in partitions('orders')
                 if p['partition'] not in leads][0]
        done = run('barnabas consume orders -p %d -o start -e' % other)
        assert done.stdout
        made = len(creator.made)
        wait_for('creates go on', lambda: len(creator.made) > made + 2)
        began = time.monotonic()
        run('barnabas dev resume %d' % broker)
        assert is_running(broker)
        print('back after %.2f s' % (time.monotonic() - began))
        wait_for('led again', lambda: led_by('orders', broker) == leads)
    finally:
        creator.stop()
    creator.check()
    check_records('orders')


def decommission():
    run('barnabas dev add broker')
    wait_for('a fourth broker', lambda: is_running(103))
    done = run('barnabas broker decommission 103 -y', check=False)
    assert done.returncode == 5 and 'it runs' in done.stderr, done.stderr
    run('barnabas broker drain 103')
    run('barnabas dev kill 103')
    wait_for('gone', lambda: not is_running(103))
    run('barnabas broker decommission 103 -y')
    assert state_of(103) is None
    run('barnabas dev kill 100')
    wait_for('gone', lambda: not is_running(100))
    done = run('barnabas broker decommission 100 -y', check=False)
    assert done.returncode == 5 and 'it holds' in done.stderr, done.stderr
    run('barnabas dev resume 100')
    # Started again it is a new broker.
    run('barnabas dev resume 103')
    assert is_running(103) and not state_of(103)['draining']


def elect():
    done = run('barnabas partition elect orders')
    assert '6 led by the preferred replica already' in done.stderr, done.stderr
    run('barnabas dev kill 102')
    wait_for('gone', lambda: not is_running(102))
    leads = without_leader('orders')
    done = run('barnabas partition elect orders', check=False)
    assert done.returncode != 0 and 'is down' in done.stdout + done.stderr
    run('barnabas dev resume 102')
    wait_for('led again', lambda: led_by('orders', 102) == leads)


def get_well():
    names = [topic['name'] for topic in ask('topic list')['topics']]
    run('barnabas topic delete %s -y' % ' '.join(names))
    run('barnabas cluster health -e --timeout 20s')
    told = ask('cluster info')
    assert len(told['brokers']) == 4 and len(told['controllers']) == 3, told


def main():
    dev_cluster.prepare(sys.argv[1:])
    try:
        dev_cluster.start('--controllers 3 --brokers 3')
        make_topics()
        honest_acks()
        drain()
        down(100, signal.SIGKILL, 0.5)
        down(102, signal.SIGSTOP, 4)
        elect()
        decommission()
        get_well()
    except AssertionError:
        print(run('barnabas dev logs -n 60', check=False).stdout)
        raise
    finally:
        run('barnabas dev stop', check=False)


if __name__ == '__main__':
    main()
