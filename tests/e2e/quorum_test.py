"""Three controllers as real processes: killed, added, removed, handed over.

    quorum_test.py BARNABAS BROKER CONTROLLER

No topic whose creation was answered may be missing, whoever died meanwhile.
"""

import json
import sys

import dev_cluster
from dev_cluster import Creator, run, wait_for

ROUNDS = 3


def quorum():
    """What `quorum status` says, or None while nobody leads."""
    done = run('barnabas quorum status -o json', check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def leader_but(other=None):
    now = quorum()
    leads = now is not None and now['leaderId'] not in (-1, other)
    return now if leads else None


def voters(now):
    return sorted(each['id'] for each in now['replicas'] if each['voter'])


def kill_leaders():
    creator = Creator('kill')
    creator.start()
    try:
        for _ in range(ROUNDS):
            before, _ = wait_for('a leader', leader_but)
            old = before['leaderId']
            made = len(creator.made)
            run('barnabas dev kill %d' % old)
            after, seconds = wait_for('another leader',
                                      lambda old=old: leader_but(old))
            assert after['term'] > before['term']
            wait_for('the loop goes on',
                     lambda made=made: len(creator.made) > made + 3)
            print('controller %d killed, %d leads after %.2f s' %
                  (old, after['leaderId'], seconds))
            run('barnabas dev resume %d' % old)
    finally:
        creator.stop()
    creator.check()


def change_voters():
    creator = Creator('change')
    creator.start()
    try:
        told = run('barnabas dev add controller').stderr
        command = told[told.index('barnabas quorum add'):].split('\n')[0]
        run(command)
        now, _ = wait_for('four voters', lambda: quorum())
        assert voters(now) == [1, 2, 3, 4], now
        old = now['leaderId']
        run('barnabas quorum remove %d --yes' % old)
        now, _ = wait_for('another leader', lambda: leader_but(old))
        assert voters(now) == [i for i in (1, 2, 3, 4) if i != old], now
        heir = [i for i in voters(now) if i != now['leaderId']][0]
        run('barnabas quorum transfer-leader %d' % heir)
        assert quorum()['leaderId'] == heir
    finally:
        creator.stop()
    creator.check()


def log_start():
    done = run('barnabas quorum describe -o json', check=False)
    return int(json.loads(done.stdout)['logStart']) if done.stdout else 0


def join_behind_a_snapshot():
    """A broker that the log alone could not tell all."""
    for number in range(6):
        run('barnabas topic create wide-%d -p 100' % number)
    start, _ = wait_for('a trimmed log', log_start)
    print('the log begins at offset %d' % start)
    run('barnabas dev add broker')
    brokers = json.loads(run('barnabas broker list -o json').stdout)['brokers']
    assert len(brokers) == 4, brokers
    # It knows what was made before its time.
    endpoint = brokers[-1]['endpoints'][0]
    described = run('barnabas --bootstrap %s:%d topic describe wide-0' % (
        endpoint['host'], endpoint['port']))
    assert 'wide-0' in described.stdout, described.stdout


def look_inside():
    """Records and snapshots of a controller that runs."""
    nodes = json.loads(run('barnabas dev status -o json').stdout)
    data = nodes['data'] + '/controller-4/data'
    told = json.loads(run('barnabas inspect meta %s -o json' % data).stdout)
    assert told['entries'] and told['snapshots'], told
    kinds = {kind for entry in told['entries']
             for record in entry['entry']['records'] for kind in record}
    assert 'topic' in kinds and 'partition' in kinds, kinds
    shown = run('barnabas inspect meta %s --snapshot' % data).stdout
    assert 'bootstrap' in shown and 'wide-0' in shown, shown


def restart_all():
    run('barnabas dev stop')
    run('barnabas dev start')
    now, _ = wait_for('a leader', leader_but)
    assert len(voters(now)) == 3, now
    run('barnabas topic create afterwards')


def main():
    dev_cluster.prepare(sys.argv[1:])
    try:
        # Logs are soon trimmed, so whoever joins begins with a snapshot.
        dev_cluster.start('--controllers 3 --brokers 3 --snapshot-bytes 4000')
        assert voters(leader_but()) == [1, 2, 3]
        kill_leaders()
        change_voters()
        join_behind_a_snapshot()
        look_inside()
        restart_all()
    except AssertionError:
        print(run('barnabas dev logs -n 40', check=False).stdout)
        raise
    finally:
        run('barnabas dev stop', check=False)


if __name__ == '__main__':
    main()
