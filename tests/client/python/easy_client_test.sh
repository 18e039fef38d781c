#!/usr/bin/env bash
# Any language will do: stubs made from proto/ alone, by Debian's own plugin,
# produce to and poll from a real cluster.
set -euo pipefail

PYTHON=/usr/bin/python3
PLUGIN=/usr/bin/grpc_python_plugin
if ! [ -x "$PLUGIN" ] || ! "$PYTHON" -c 'import grpc' 2> /dev/null; then
  echo "SKIPPED: needs protobuf-compiler-grpc and python3-grpcio" >&2
  exit 0
fi

BARNABAS=$PWD/tools/cli/barnabas
PATH=$PWD/broker:$PWD/controller:$PATH
export PATH
export HOME=$TEST_TMPDIR/home
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
mkdir -p "$HOME" "$TEST_TMPDIR/stubs"
protoc -Iproto -I/usr/include --plugin=protoc-gen-grpc="$PLUGIN" \
  --python_out="$TEST_TMPDIR/stubs" --grpc_out="$TEST_TMPDIR/stubs" \
  $(find -L proto -name '*.proto')

# No name is a word that Python keeps for itself: message.from would not parse.
PYTHONPATH=$TEST_TMPDIR/stubs "$PYTHON" - << 'NAMES'
import importlib
import keyword
import pathlib
import sys

stubs = pathlib.Path(sys.path[1])
count = 0
for path in stubs.glob('barnabas/**/*_pb2.py'):
    module = importlib.import_module(
        '.'.join(path.relative_to(stubs).with_suffix('').parts))
    waiting = list(module.DESCRIPTOR.message_types_by_name.values())
    while waiting:
        message = waiting.pop()
        waiting += message.nested_types
        for name in [message.name] + [field.name for field in message.fields]:
            count += 1
            assert not keyword.iskeyword(name), f'{message.full_name}.{name}'
assert count > 100, count
NAMES

PORT=$("$PYTHON" - << 'PORTS'
import random
import socket

def is_free(port):
    with socket.socket() as one:
        return one.connect_ex(('127.0.0.1', port)) != 0

while True:
    base = random.randrange(20000, 32000, 100)
    if all(is_free(base + slot) for slot in range(30)):
        print(base)
        break
PORTS
)

stop() {
  "$BARNABAS" dev stop > /dev/null 2>&1 || true
}
trap stop EXIT
"$BARNABAS" dev start --data "$TEST_TMPDIR/data" --port-base "$PORT"
"$BARNABAS" -b "localhost:$PORT" topic create easy -p 1 -r 1
PYTHONPATH=$TEST_TMPDIR/stubs "$PYTHON" tests/client/python/easy_client.py \
  "localhost:$PORT" easy
