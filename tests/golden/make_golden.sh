#!/usr/bin/env bash
# Makes tests/golden/kafka anew with a running Apache Kafka. Not part of the
# tests: they read what this left.
#
#   make_golden.sh LIBS
#
# LIBS is a folder with Kafka's jars: org.apache.kafka:kafka_2.13:4.3.1 and
# org.apache.kafka:kafka-tools:4.3.1 with all they depend on, and
# org.slf4j:slf4j-simple:1.7.36. Needs java 17. Uses ports 19092 and 19193 of
# 127.0.0.1 and a temporary folder; ends only what it started.
set -euo pipefail
LIBS=$(cd "${1:?folder with the jars of Kafka}" && pwd)
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
BROKER=127.0.0.1:19092
NODE=
RECORDS=400

JAVA=(java -Xmx512M -Dorg.slf4j.simpleLogger.defaultLogLevel=error
  -cp "$LIBS/*")
kafka_() { "${JAVA[@]}" "$@"; }

start() {
  "${JAVA[@]}" kafka.Kafka "$WORK/node.properties" > "$WORK/node.log" 2>&1 &
  NODE=$!
  for _ in $(seq 1 60); do
    if kafka_ org.apache.kafka.tools.TopicCommand --bootstrap-server $BROKER \
      --list > /dev/null 2>&1; then return 0; fi
  done
  echo "Kafka did not start; see $WORK/node.log" >&2
  exit 1
}

stop() {
  [ -n "$NODE" ] || return 0
  kill "$NODE" 2> /dev/null || true
  wait "$NODE" 2> /dev/null || true
  NODE=
}
trap stop EXIT

# topic NAME SETTING…
topic() {
  local name=$1 setting arguments=()
  shift
  for setting in "$@"; do arguments+=(--config "$setting"); done
  kafka_ org.apache.kafka.tools.TopicCommand --bootstrap-server $BROKER \
    --create --topic "$name" --partitions 1 --replication-factor 1 \
    "${arguments[@]}" > /dev/null
}

# lines ROUND COUNT: one line a record: headers, key, value; NULL where there is
# none. A child process a line keeps them apart in time.
lines() {
  local round=$1 count=$2 i text
  for ((i = 0; i < count; i++)); do
    text="round $round record $i of a log that Kafka wrote, to be read anew"
    case $((i % 7)) in
      0) printf 'NULL\tkey-%d\t%s\n' $((i % 13)) "$text" ;;
      1) printf 'NULL\tNULL\t%s without a key\n' "$text" ;;
      2) printf 'NULL\tkey-%d\tNULL\n' $((i % 13)) ;;
      3) printf 'source:dpkg,trace:%d\tkey-%d\t%s\n' "$i" $((i % 13)) "$text" ;;
      4) printf 'absent:NULL\tkey-%d\t%s and so on\n' $((i % 13)) "$text" ;;
      5) printf 'NULL\tkey-%d\t\n' $((i % 13)) ;;
      6) printf 'twice:a,twice:b\tschlüssel-%d\t%s – naïve café\n' \
        $((i % 13)) "$text" ;;
    esac
    /bin/true
  done
}

# produce TOPIC CODEC ROUND COUNT
produce() {
  lines "$3" "$4" | kafka_ org.apache.kafka.tools.ConsoleProducer \
    --bootstrap-server $BROKER --topic "$1" --compression-codec "$2" \
    --command-property batch.size=1024 --command-property linger.ms=5 \
    --command-property acks=all --command-property enable.idempotence=true \
    --reader-property parse.key=true --reader-property parse.headers=true \
    --reader-property null.marker=NULL
}

transactions() {
  kafka_ org.apache.kafka.tools.ProducerPerformance --bootstrap-server $BROKER \
    --topic transactions --num-records 40 --record-size 64 --throughput 200 \
    --transactional-id golden --transaction-duration-ms 50 \
    --command-property compression.type=zstd > /dev/null
}

# keep TOPIC: its files, its records as Kafka's consumer prints them, its
# batches as Kafka's dump tool does.
keep() {
  local from=$WORK/data/$1-0 to=$HERE/kafka/$1 file
  mkdir -p "$to"
  for file in "$from"/*.log "$from"/*.index "$from"/*.timeindex \
    "$from"/*.txnindex "$from"/*.snapshot "$from"/leader-epoch-checkpoint; do
    if [ -e "$file" ]; then cp "$file" "$to/"; fi
  done
  for file in "$to"/*.log; do
    (cd "$to" && kafka_ org.apache.kafka.tools.DumpLogSegments --files "$file")
  done | sed "s#$to/##" > "$to/batches.txt"
}

consume() {
  mkdir -p "$WORK/records"
  kafka_ org.apache.kafka.tools.consumer.ConsoleConsumer \
    --bootstrap-server $BROKER --topic "$1" --partition 0 --offset earliest \
    --timeout-ms 4000 --formatter-property print.timestamp=true \
    --formatter-property print.offset=true \
    --formatter-property print.headers=true \
    --formatter-property print.key=true \
    --formatter-property null.literal=NULL > "$WORK/records/$1" 2> /dev/null
}

cat > "$WORK/node.properties" << PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:19193
listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19193
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$WORK/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
PROPERTIES
kafka_ kafka.tools.StorageTool format -t "$(kafka_ kafka.tools.StorageTool \
  random-uuid | tail -1)" -c "$WORK/node.properties" > /dev/null

TOPICS="none gzip snappy lz4 zstd append-time transactions restart"
start
topic none internal.segment.bytes=16384 index.interval.bytes=512
produce none none 1 "$RECORDS"
for codec in gzip snappy lz4 zstd; do
  topic "$codec" segment.index.bytes=200 index.interval.bytes=100
  produce "$codec" "$codec" 1 "$RECORDS"
done
topic append-time message.timestamp.type=LogAppendTime \
  internal.segment.bytes=8192 index.interval.bytes=300
produce append-time lz4 1 "$RECORDS"
topic transactions index.interval.bytes=300
transactions
topic restart index.interval.bytes=1500
produce restart none 1 100
# A clean restart gives a partition its second leader epoch.
stop
start
produce restart none 2 100
for name in $TOPICS; do consume "$name"; done
stop
rm -rf "$HERE/kafka"
for name in $TOPICS; do
  keep "$name"
  python3 -B "$HERE/records_json.py" < "$WORK/records/$name" \
    > "$HERE/kafka/$name/records.json"
done
rm -rf "$WORK"
