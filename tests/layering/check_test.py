"""The layering check on graphs that keep the floors and on ones that do not."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402  (takes the tidy's folder from the command line)

_GRPC = '@com_github_grpc_grpc//:grpc++'


def faults(*edges):
    lines = ['digraph mygraph {']
    for edge in edges:
        left, _, right = edge.partition(' -> ')
        lines.append('  "%s" -> "%s"' % (left, right))
    return list(check.check(check.read_graph(lines + ['}'])))


class LayeringTest(unittest.TestCase):

    def test_looking_down_is_fine(self):
        self.assertEqual([], faults(
            '//metadata/image:topics -> //proto/types:ids',
            '//metadata/image:topics -> //proto/barnabas/v1:error_proto',
            '//metadata/image:topics -> @com_google_absl//absl/status:status',
            '//storage/log:segment -> //storage/env:file',
            '//client/producer:producer -> //storage/record:record',
            '//client/producer:producer -> ' + _GRPC,
            '//broker:broker_process -> //client/rpc:backoff',
            '//broker:broker_process -> //metadata/image:topics',
            '//broker:broker_process -> //storage/log:segment',
            '//tools/cli:produce -> //client/producer:producer'))

    def test_metadata_and_storage_do_not_see_each_other(self):
        # Told twice: it looks sideways, and it is pure.
        self.assertEqual(2, len(faults(
            '//metadata/image:topics -> //storage/log:segment')))
        self.assertEqual(1, len(faults(
            '//storage/log:segment -> //metadata/image:topics')))

    def test_grpc_is_found_however_far_down(self):
        found = faults(
            '//metadata/image:topics -> //metadata/image:parts',
            '//metadata/image:parts -> //proto/barnabas/v1:producer_grpc',
            '//proto/barnabas/v1:producer_grpc -> ' + _GRPC)
        self.assertTrue(any('//metadata/image:topics reaches gRPC' in fault
                            for fault in found), found)
        self.assertEqual(2, len(faults('//proto/types:error -> ' + _GRPC)))
        self.assertEqual(1, len(faults('//storage/log:segment -> ' + _GRPC)))

    def test_pure_code_reaches_no_threads(self):
        for library in ('@com_google_absl//absl/synchronization:'
                        'synchronization',
                        '@com_google_absl//absl/random:random',
                        '@com_github_libevent_libevent//:event'):
            self.assertEqual(1, len(faults(
                '//controller/planner:topic_planner -> ' + library)))
            self.assertEqual([], faults(
                '//controller/active:active_controller -> ' + library))

    def test_processes_do_not_see_each_other(self):
        self.assertEqual(1, len(faults(
            '//broker/service:fetch -> //controller/planner:topic_planner')))
        self.assertEqual(1, len(faults(
            '//controller:process -> //broker/group:group')))
        self.assertEqual(1, len(faults(
            '//broker/service:fetch -> //client/producer:producer')))

    def test_the_client_sees_only_env_and_record_of_storage(self):
        self.assertEqual(1, len(faults(
            '//client/producer:producer -> //storage/log:segment')))
        self.assertEqual(1, len(faults(
            '//client/producer:producer -> //metadata/config:setting')))

    def test_raft_and_image_do_not_see_each_other(self):
        self.assertEqual(1, len(faults(
            '//metadata/raft:core -> //metadata/image:topics')))
        self.assertEqual(1, len(faults(
            '//metadata/image:topics -> //metadata/raft:core')))

    def test_rocksdb_and_protobuf_stay_where_they_belong(self):
        rocksdb = '@com_github_facebook_rocksdb//:rocksdb'
        self.assertEqual([], faults('//storage/offsets:store -> ' + rocksdb))
        self.assertEqual(1, len(faults(
            '//broker/coordinator:shard -> ' + rocksdb)))
        self.assertEqual(1, len(faults(
            '//storage/log:segment -> @com_google_protobuf//:protobuf')))

    def test_nobody_sees_the_roof(self):
        self.assertEqual(1, len(faults(
            '//broker/service:fetch -> //tests/support:fake_clock')))
        self.assertEqual(1, len(faults(
            '//tools/cli:produce -> //broker:broker_process')))

    def test_unlinked_and_impure_libraries_are_told(self):
        graph = check.read_graph(['"//metadata/image:topics"'])
        found = list(check.check_declared(graph, [
            ('//metadata/image:topics', 'cc_library', True),
            ('//storage/log:forgotten', 'cc_library', False)]))
        self.assertEqual(2, len(found), found)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
