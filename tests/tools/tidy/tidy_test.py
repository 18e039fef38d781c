"""Every rule of tools/tidy on a snippet that breaks it and one that does not.

The tidy's folder is the first argument; the rest is unittest's.
"""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, sys.argv.pop(1))
# pylint: disable=wrong-import-position
import budgets
import floors
import shape
import tidy
import tree
import words
from source import Source

_CONTRACT = '// A thing.\n//\n// Thread: any. Errors: none.\n'


def rules(found):
    return [finding.rule for finding in found]


def check(path, text, pure_files=frozenset()):
    return rules(tidy.check_source(Source(path, text), pure_files))


def header(path, body):
    guard = 'BARNABAS_' + path.upper().replace('/', '_').replace('.', '_') + '_'
    return '%s#ifndef %s\n#define %s\n%s\n#endif\n' % (_CONTRACT, guard, guard,
                                                       body)


def function(lines):
    return 'void F() {\n' + '  g();\n' * (lines - 2) + '}\n'


def klass(body):
    return 'namespace a {\nclass Foo : public Bar {\n public:\n%s\n};\n}\n' % body


class SourceTest(unittest.TestCase):

    def test_code_keeps_geometry_and_drops_comments_and_literals(self):
        text = 'int a; // {\nconst char* s = "}\\"";\n/* {\n */ int b;\n'
        source = Source('broker/a.cc', text)
        self.assertEqual(len(text), len(source.code))
        self.assertNotIn('{', source.code)
        self.assertNotIn('}', source.code)

    def test_raw_strings_and_digit_separators_are_understood(self):
        source = Source('broker/a.cc',
                        "auto s = R\"x({)\")x\"; int n = 1'000'000; char c = '{';")
        self.assertNotIn('{', source.code)
        self.assertIn("1'000'000", source.code)


class BudgetTest(unittest.TestCase):

    def test_file_lengths(self):
        line = '// a\n'
        self.assertEqual([], check('broker/a.cc', line * 500))
        self.assertEqual(['file-length'], check('broker/a.cc', line * 501))
        self.assertEqual(['file-length'],
                         check('broker/a.h', header('broker/a.h', line * 250)))
        self.assertEqual([], check('tests/broker/a_test.cc', line * 800))
        self.assertEqual(['file-length'],
                         check('tests/broker/a_test.cc', line * 801))

    def test_columns(self):
        self.assertEqual([], check('broker/a.cc', '//' + 'x' * 78 + '\n'))
        self.assertEqual(['line-length'],
                         check('broker/a.cc', '//' + 'x' * 79 + '\n'))
        self.assertEqual(['line-length'],
                         check('proto/a.proto', '//' + 'x' * 79 + '\n'))
        self.assertEqual([], check('broker/a.cc',
                                   '#include "broker/%s.h"\n' % ('x' * 80)))

    def test_function_lengths(self):
        self.assertEqual([], check('broker/a.cc', function(70)))
        self.assertEqual(['function-length'],
                         check('broker/a.cc', function(71)))

    def test_a_constructor_with_braced_initialisers_is_one_function(self):
        text = ('Foo::Foo(int a)\n    : a_{a},\n      b_(1) {\n' +
                '  g();\n' * 80 + '}\n')
        self.assertEqual(['function-length'], check('broker/a.cc', text))

    def test_a_lambda_and_a_loop_do_not_end_the_function(self):
        text = ('absl::Status Foo::Run(const Bar& bar) const {\n'
                '  for (int i = 0; i < 2; ++i) {\n    f([&] { g(); });\n  }\n' +
                '  g();\n' * 70 + '}\n')
        self.assertEqual(['function-length'], check('broker/a.cc', text))

    def test_a_long_table_is_no_function(self):
        text = 'constexpr Row kRows[] = {\n' + '    {1, 2},\n' * 90 + '};\n'
        self.assertEqual([], check('broker/a.cc', text))

    def test_public_methods(self):
        text = ''.join('  void F%d();\n' % i for i in range(15))
        special = '  Foo();\n  ~Foo();\n  Foo& operator=(Foo&&) = default;\n'
        self.assertEqual([], check('broker/a.cc', klass(special + text)))
        self.assertEqual(['public-methods'],
                         check('broker/a.cc', klass(text + '  int G() const {'
                                                    ' return 1; }\n')))
        self.assertEqual([], check('broker/a.cc', klass(
            text + '  void F0(int overload);\n')))
        self.assertEqual([], check('broker/a.cc', klass(
            text + ' private:\n  void G();\n')))

    def test_data_members(self):
        text = ' private:\n' + ''.join(
            '  std::function<void(int)> m%d_ ABSL_GUARDED_BY(mutex_);\n' % i
            for i in range(15))
        constant = '  static constexpr int kOne = 1;\n'
        self.assertEqual([], check('broker/a.cc', klass(text + constant)))
        self.assertEqual(['data-members'], check(
            'broker/a.cc', klass(text + '  std::map<int, Foo> last_ = {};\n')))

    def test_constructor_parameters(self):
        six = '  explicit Foo(int a, std::map<int, int> b, F<void(int, int)> c' \
              ',\n               int d, int e = {1, 2}, int f);\n'
        self.assertEqual([], check('broker/a.cc', klass(six)))
        seven = '  Foo(int a, int b, int c, int d, int e, int f, int g) : a_(a)' \
                ' {}\n'
        self.assertEqual(['constructor-parameters'],
                         check('broker/a.cc', klass(seven)))

    def test_friends(self):
        self.assertEqual(['friend'],
                         check('broker/a.cc', klass('  friend class Bar;\n')))

    def test_shape_names_functions_and_classes(self):
        text = klass('  int Get() const { return 1; }\n  int x = 1;\n')
        functions, classes = shape.read_shape(Source('broker/a.cc', text))
        self.assertEqual(['Get'], [f.name for f in functions])
        self.assertEqual(['Foo'], [c.name for c in classes])
        self.assertEqual(1, len(classes[0].data_members))


class FloorTest(unittest.TestCase):

    def include(self, path, target, pure_files=frozenset()):
        return check(path, '#include %s\n' % target, pure_files)

    def test_metadata_and_storage_do_not_see_each_other(self):
        self.assertEqual(['floor'], self.include(
            'metadata/image/a.cc', '"storage/log/partition_log.h"'))
        self.assertEqual(['floor'], self.include(
            'storage/log/a.cc', '"metadata/image/topics.h"'))
        self.assertEqual([], self.include(
            'metadata/image/a.cc', '"proto/types/ids.h"'))

    def test_raft_and_image_do_not_see_each_other(self):
        self.assertEqual(['floor'], self.include(
            'metadata/raft/a.cc', '"metadata/image/topics.h"'))
        self.assertEqual(['floor'], self.include(
            'metadata/image/a.cc', '"metadata/raft/core.h"'))

    def test_storage_env_looks_at_the_ground_only(self):
        self.assertEqual(['floor'], self.include(
            'storage/env/a.cc', '"storage/log/segment.h"'))
        self.assertEqual([], self.include(
            'storage/log/a.cc', '"storage/env/file.h"'))

    def test_client_sees_env_and_record_of_storage(self):
        self.assertEqual([], self.include(
            'client/producer/a.cc', '"storage/record/record.h"'))
        self.assertEqual(['floor'], self.include(
            'client/producer/a.cc', '"storage/log/segment.h"'))
        self.assertEqual(['floor'], self.include(
            'client/producer/a.cc', '"metadata/config/setting.h"'))

    def test_processes_do_not_see_each_other(self):
        self.assertEqual(['floor'], self.include(
            'broker/service/a.cc', '"controller/planner/topic_planner.h"'))
        self.assertEqual(['floor'], self.include(
            'controller/service/a.cc', '"broker/group/phase.h"'))
        self.assertEqual(['floor'], self.include(
            'broker/service/a.cc', '"client/producer/producer.h"'))
        self.assertEqual([], self.include(
            'broker/service/a.cc', '"client/rpc/backoff.h"'))
        self.assertEqual([], self.include(
            'controller/a.cc', '"client/serving/listener.h"'))

    def test_nobody_sees_the_roof(self):
        self.assertEqual(['floor'], self.include(
            'broker/a.cc', '"tests/support/fake_clock.h"'))
        self.assertEqual(['floor'], self.include(
            'tools/cli/a.cc', '"broker/broker_process.h"'))
        self.assertEqual([], self.include(
            'tests/broker/a_test.cc', '"broker/broker_process.h"'))

    def test_grpc_only_where_calls_are_made(self):
        self.assertEqual(['floor'], self.include(
            'storage/log/a.cc', '<grpcpp/grpcpp.h>'))
        self.assertEqual(['floor'], self.include(
            'metadata/image/a.cc', '"barnabas/v1/consumer.grpc.pb.h"'))
        self.assertEqual([], self.include(
            'client/rpc/a.cc', '<grpcpp/grpcpp.h>'))

    def test_rocksdb_only_in_storage_offsets(self):
        self.assertEqual(['floor'], self.include(
            'broker/coordinator/a.cc', '<rocksdb/db.h>'))
        self.assertEqual([], self.include(
            'storage/offsets/a.cc', '<rocksdb/db.h>'))

    def test_storage_keeps_no_messages(self):
        self.assertEqual(['floor'], self.include(
            'storage/log/a.cc', '"barnabas/v1/error.pb.h"'))
        self.assertEqual(['floor'], self.include(
            'storage/log/a.cc', '<google/protobuf/message.h>'))

    def test_pure_code_has_no_threads_clocks_or_files(self):
        for target in ('<thread>', '"absl/synchronization/mutex.h"',
                       '<sys/socket.h>', '"absl/time/clock.h"'):
            self.assertEqual(['floor'],
                             self.include('controller/planner/a.cc', target))
        self.assertEqual([], self.include('controller/active/a.cc',
                                          '<thread>'))
        pure = frozenset(['controller/active/a.cc'])
        self.assertEqual(['floor'], self.include('controller/active/a.cc',
                                                 '<thread>', pure))
        self.assertEqual(['floor'], self.include(
            'controller/active/a.cc', '"storage/env/clock.h"', pure))
        pure = frozenset(['client/producer/a.cc'])
        self.assertEqual([], self.include(
            'client/producer/a.cc', '"storage/record/record.h"', pure))

    def test_generated_headers_have_one_spelling(self):
        self.assertEqual(['floor'], self.include(
            'broker/a.cc', '"proto/barnabas/v1/error.pb.h"'))

    def test_every_floor_is_a_folder_of_the_house(self):
        for floor in floors.FLOORS:
            self.assertIn(floor.folder.split('/')[0], tree.FOLDERS)


class WordTest(unittest.TestCase):

    BAD = (
        'auto t = std::chrono::system_clock::now();',
        'auto t = absl::Now();',
        'clock_gettime(CLOCK_REALTIME, &t);',
        'auto t = time(nullptr);',
        'int x = rand();',
        'std::srand(1);',
        'std::random_device device;',
        'absl::BitGen gen;',
        'sleep(1);',
        'usleep(1);',
        'nanosleep(&t, nullptr);',
        'std::this_thread::sleep_for(t);',
        'absl::SleepFor(t);',
        'int f = ::open("x", 0);',
        '::write(f, p, n);',
        'FILE* f = fopen("x", "r");',
        'std::ofstream out("x");',
        'std::cout << 1;',
        'printf("x");',
        'throw std::runtime_error("x");',
        'return absl::InternalError("x");',
    )

    GOOD = (
        '// rand() and sleep(1) are refused.',
        'const char* k = "std::cout";',
        'clock_->Now();',
        'file->open();',
        'Uptime(nullptr);',
        'brand(1);',
        'timer.sleep(1);',
        'env::Write(p);',
        'snprintf(buffer, n, "x");',
        'return MakeError(ErrorCode::kInternal, "x", "y");',
    )

    def test_banned_calls(self):
        for line in self.BAD:
            self.assertEqual(['banned-call'], check('broker/a.cc', line + '\n'),
                             line)

    def test_calls_that_only_look_like_it(self):
        for line in self.GOOD:
            self.assertEqual([], check('broker/a.cc', line + '\n'), line)

    def test_the_environment_may_call_the_system(self):
        self.assertEqual([], check('storage/env/a.cc',
                                   '::write(f, p, n); absl::Now();\n'))
        self.assertEqual([], check('tools/cli/a.cc', 'std::cout << 1;\n'))

    def test_sleeping_tests_are_refused(self):
        self.assertEqual(['banned-call'],
                         check('tests/broker/a_test.cc', 'sleep(1);\n'))

    def test_pure_code_does_not_log(self):
        line = 'LOG(INFO) << 1;\n'
        self.assertEqual(['banned-call'], check('metadata/raft/a.cc', line))
        self.assertEqual([], check('broker/service/a.cc', line))

    def test_refused_names(self):
        for name in ('LogManager', 'TopicHelper', 'StringUtil', 'FetchHandler',
                     'ProducerImpl', 'TopicData', 'NodeInfo'):
            self.assertEqual(['refused-name'],
                             check('broker/a.cc', 'class %s {\n};\n' % name))
            self.assertEqual(['refused-name'], check(
                'broker/a.cc', 'struct %s final : Base {\n};\n' % name))
        self.assertEqual([], check('broker/a.cc', 'class Metadata {\n};\n'))
        self.assertEqual([], check('broker/a.cc', 'class NodeInfo;\n'))

    def test_unfinished_work(self):
        for word in ('TO' 'DO', 'FIX' 'ME', 'XX' 'X'):
            self.assertEqual(['unfinished'],
                             check('broker/a.cc', '// %s: later\n' % word))
            self.assertEqual(['unfinished'],
                             check('broker/README.md', word + '\n'))
        self.assertEqual([], check('broker/a.sh', 'mktemp -d x.XXXXXX\n'))

    def test_header_contracts(self):
        good = header('broker/a.h', 'int a;')
        self.assertEqual([], check('broker/a.h', good))
        self.assertEqual(['contract'], check(
            'broker/a.h', good.replace('Thread:', 'Life:')))
        self.assertEqual(['contract'], check(
            'broker/a.h', good.replace('Errors:', 'Also:')))
        self.assertEqual(['contract', 'include-guard'],
                         check('broker/a.h', '#pragma once\n'))
        self.assertEqual(['include-guard'], check(
            'broker/a.h', good.replace('_A_H_', '_B_H_')))


class TreeTest(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name
        self.addCleanup(self.folder.cleanup)

    def write(self, path, text=''):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as file:
            file.write(text)

    def found(self):
        return [(f.path, f.rule) for f in tidy.check_tree(self.root)]

    def test_a_good_tree_has_no_findings(self):
        self.write('storage/log/README.md', 'Logs.\n')
        self.write('storage/log/segment.h',
                   header('storage/log/segment.h', 'int a;'))
        self.write('storage/log/segment.cc', 'int a;\n')
        self.write('tests/storage/log/segment_test.cc', 'int a;\n')
        self.write('out/bin/x.cc', 'sleep(1);\n')
        self.assertEqual([], self.found())

    def test_folders_have_readmes_of_one_page(self):
        self.write('client/rpc/a.cc')
        self.assertEqual([('client/rpc/README.md', 'readme')], self.found())
        self.write('client/rpc/README.md', 'x\n' * 61)
        self.assertEqual([('client/rpc/README.md', 'readme')], self.found())
        self.write('client/rpc/README.md', 'x\n' * 60)
        self.assertEqual([], self.found())

    def test_tests_without_a_twin_need_a_readme_too(self):
        self.write('tests/sim/a.cc')
        self.assertEqual([('tests/sim/README.md', 'readme')], self.found())

    def test_storage_and_pure_code_are_tested(self):
        self.write('controller/active/README.md')
        self.write('controller/active/a.cc')
        self.write('controller/active/main.cc')
        self.assertEqual([], self.found())
        self.write('controller/active/BUILD.bazel',
                   'pure_cc_library(\n    name = "a",\n'
                   '    srcs = ["a.cc", "main.cc"],\n)\n')
        self.assertEqual([('controller/active/a.cc', 'untested')],
                         self.found())
        self.write('tests/controller/active/a_test.cc')
        self.assertEqual([], self.found())

    def test_the_top_level_is_fixed(self):
        self.write('docs/a.md')
        self.assertEqual([('docs', 'top-level')], self.found())

    def test_machine_paths(self):
        self.write('tools/README.md', 'see %s/x\n' % self.root)
        self.assertEqual([('tools/README.md', 'machine-path')], self.found())
        self.write('tools/README.md', 'see /ho' 'me/ann/x\n')
        self.assertEqual([('tools/README.md', 'machine-path')], self.found())
        self.write('tools/README.md', 'see $HOME/x and /usr/bin\n')
        self.assertEqual([], self.found())

    def test_vendored_protos_are_left_alone(self):
        self.write('proto/google/rpc/x.proto', '// TO' 'DO ' + 'x' * 90 + '\n')
        self.assertEqual([], self.found())


if __name__ == '__main__':
    assert budgets and words
    unittest.main()
