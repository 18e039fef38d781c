"""Who must not start does not, says why, and nothing is lost.

    identity_test.py BARNABAS BROKER CONTROLLER

A controller with another cluster's directory, a second controller and a second
broker of an id that is taken, a half-written snapshot.
"""

import glob
import hashlib
import os
import re
import signal
import subprocess
import sys

import dev_cluster
from dev_cluster import ask, run, wait_for

# A second broker waits two sessions for the first one to go.
PATIENCE_S = 30
TOPICS = 8


def digest(folder):
    """Names and bytes of all files below."""
    sums = []
    for path in sorted(glob.glob(folder + '/**', recursive=True)):
        if os.path.isfile(path):
            with open(path, 'rb') as file:
                sums.append((path, hashlib.sha256(file.read()).hexdigest()))
    return sums


def node_file(data, node, directory, port):
    """The node file of `node` with another directory and free ports."""
    with open('%s/%s/node.yaml' % (data, node), encoding='utf-8') as file:
        text = file.read()
    lines = []
    for line in text.split('\n'):
        if 'bind:' in line:
            line = re.sub(r'(?<=bind: "127.0.0.1:)\d+', str(port), line)
            port += 1
        lines.append(line.replace('%s/%s/data' % (data, node), directory))
    path = directory + '.yaml'
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines))
    return path


def refused(program, path, words):
    """The program ends by itself, not well, and says `words`."""
    done = subprocess.run([program, '--config', path], timeout=PATIENCE_S,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    assert done.returncode == 1, (done.returncode, done.stdout)
    for word in words:
        assert word in done.stdout, (word, done.stdout)
    print(done.stdout.strip().split('\n')[-1])


def cluster_id():
    return ask('cluster id')['clusterId']


def check_all_well():
    wait_for('healthy', lambda: run('barnabas cluster health',
                                    check=False).returncode == 0)
    names = sorted(topic['name'] for topic in ask('topic list')['topics'])
    assert names == ['kept-%d' % i for i in range(TOPICS)], names


def another_cluster(data, base):
    other = os.path.join(data, 'other')
    run('barnabas storage format %s --cluster-id $(barnabas storage random-id)'
        ' --role controller --node-id 2 --voter 2@localhost:%d' % (other, base))
    before = digest(other)
    path = node_file(data, 'controller-2', other, base)
    refused('barnabas-controller', path,
            ['belongs to controller 2 of cluster', cluster_id(),
             'nothing was changed'])
    assert digest(other) == before, 'its files changed'


def second_controller(data, base):
    twin = os.path.join(data, 'twin')
    run('barnabas storage format %s --cluster-id %s --role controller'
        ' --node-id 2 --join' % (twin, cluster_id()))
    path = node_file(data, 'controller-2', twin, base)
    refused('barnabas-controller', path,
            ['controller 2 votes on directory', 'another node.id'])
    refused('barnabas-controller', data + '/controller-2/node.yaml',
            ['is locked by process'])


def second_broker(data, base):
    twin = os.path.join(data, 'broker-twin')
    run('barnabas storage format %s --cluster-id %s --role broker'
        ' --node-id 100' % (twin, cluster_id()))
    path = node_file(data, 'broker-100', twin, base)
    refused('barnabas-broker', path,
            ['broker 100 not registered', 'holds this id'])
    broker = ask('broker describe 100')
    assert broker['state'] == 'BROKER_STATE_RUNNING', broker


def snapshots_in(folder):
    found = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(name for name in found if name.endswith('.snapshot'))


def half_snapshot(data):
    """The newest snapshot is cut in half: the older one takes its place."""
    folder = data + '/controller-3/data/snapshots'
    found, _ = wait_for('two snapshots', lambda: (
        len(snapshots_in(folder)) >= 2 and snapshots_in(folder)))
    os.kill(dev_cluster.pid_of(3), signal.SIGKILL)
    newest = os.path.join(folder, found[-1])
    with open(newest, 'rb+') as file:
        file.truncate(os.path.getsize(newest) // 2)
    run('barnabas dev resume 3')
    with open(data + '/controller-3/log.txt', encoding='utf-8') as file:
        said = [line for line in file if 'is damaged; it is set aside' in line]
    assert said and newest in said[-1], said
    print(said[-1].strip())
    # It leads, so all that it knows is looked at.
    run('barnabas quorum transfer-leader 3')


def main():
    dev_cluster.prepare(sys.argv[1:])
    base = next(filter(None, map(dev_cluster.free_base, range(50, 90))))
    try:
        dev_cluster.start('--controllers 3 --brokers 2 --snapshot-bytes 1000')
        for number in range(TOPICS):
            run('barnabas topic create kept-%d -p 20' % number)
        data, _ = dev_cluster.nodes()
        another_cluster(data, base)
        second_controller(data, base)
        second_broker(data, base)
        half_snapshot(data)
        check_all_well()
    except AssertionError:
        print(run('barnabas dev logs -n 40', check=False).stdout)
        raise
    finally:
        run('barnabas dev stop', check=False)


if __name__ == '__main__':
    main()
