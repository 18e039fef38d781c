#!/usr/bin/env bash
# What broker and controller tell on /metrics follows Prometheus' rules, and has
# the names that dashboards and alerts are made of.
set -euo pipefail

PROMTOOL=$(command -v promtool || true)
if [ -z "$PROMTOOL" ]; then
  PROMTOOL=$(getent passwd "$(id -u)" | cut -d: -f6)
  PROMTOOL=$PROMTOOL/.cache/barnabas/promtool/usr/bin/promtool
fi
[ -x "$PROMTOOL" ] || {
  echo "promtool is missing; run tools/setup --tests" >&2
  exit 1
}

export BARNABAS=$PWD/tools/cli/barnabas
export PATH=$PWD/broker:$PWD/controller:$PATH
export HOME=$TEST_TMPDIR/home
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
mkdir -p "$HOME"

free_base() {
  python3 - << 'PORTS'
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
}

stop() {
  "$BARNABAS" dev stop > /dev/null 2>&1 || true
}
trap stop EXIT
base=$(free_base)
"$BARNABAS" dev start --data "$TEST_TMPDIR/data" --port-base "$base"
"$BARNABAS" topic create metered -p 3
seq 1 1000 | "$BARNABAS" produce metered
"$BARNABAS" consume metered -o start -e > "$TEST_TMPDIR/consumed"
[ "$(wc -l < "$TEST_TMPDIR/consumed")" -eq 1000 ]
"$BARNABAS" topic describe nosuch > /dev/null 2>&1 || true

broker=$TEST_TMPDIR/broker.prom
controller=$TEST_TMPDIR/controller.prom
curl -sf "http://localhost:$((base + 2))/metrics" > "$broker"
curl -sf "http://localhost:$((base + 12))/metrics" > "$controller"
for text in "$broker" "$controller"; do
  "$PROMTOOL" check metrics < "$text"
done

wanted() {
  local text=$1 line
  shift
  for line in "$@"; do
    grep -Eq "^$line" "$text" || {
      echo "$(basename "$text") lacks $line" >&2
      cat "$text" >&2
      exit 1
    }
  done
}
wanted "$broker" barnabas_build_info barnabas_broker_ready barnabas_partitions \
  'barnabas_produce_records_total.* 1000$' barnabas_fetch_bytes_total \
  barnabas_storage_fsync_seconds_count barnabas_storage_free_bytes \
  barnabas_event_loop_lag_seconds_count process_resident_memory_bytes \
  'barnabas_connections[{]listener="client"[}]' barnabas_grpc_streams \
  'barnabas_connections_refused_total.*reason="offender"[}] 0$' \
  'barnabas_grpc_server_handled_total.*method="ProduceStream",code="OK"' \
  'barnabas_grpc_server_handled_total.*method="FetchStream",code="OK"' \
  'barnabas_grpc_server_handled_total.*method="DescribeTopic",code="NOT_FOUND"' \
  barnabas_grpc_server_handling_seconds_count
wanted "$controller" barnabas_raft_is_leader barnabas_raft_commit_index \
  barnabas_registered_brokers process_open_fds \
  'barnabas_connections[{]listener="peer"[}]' \
  'barnabas_grpc_server_handled_total.*method="CreateTopics",code="OK"[}] 1$'
