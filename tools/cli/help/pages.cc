#include "tools/cli/help/pages.h"

namespace barnabas::cli {
namespace {

constexpr char kKafka[] =
    R"(What Kafka hands will type. Lines marked * come with a later release.

  kafka-storage.sh random-uuid
      storage random-id
  kafka-storage.sh format -t ID -c f
      storage format --cluster-id ID --config f
  kafka-topics.sh --create --topic t --partitions 6 --replication-factor 3
                  --config k=v
      topic create t -p 6 -r 3 -c k=v
  kafka-topics.sh --describe --under-replicated-partitions
                  (--unavailable-partitions, --under-min-isr-partitions)
      topic describe --under-replicated  (--unavailable, --under-min-isr)
  kafka-console-producer.sh --topic t --property parse.key=true
                            --property key.separator=:
      produce t -K :
  kafka-console-consumer.sh --topic t --from-beginning --max-messages 5
      consume t --from-beginning -n 5
  kafka-console-consumer.sh ... --group g
    * consume t -g g
  kafka-consumer-groups.sh --describe --group g
    * group describe g
  kafka-consumer-groups.sh --reset-offsets --to-datetime X --execute
    * group seek g --to @X --execute
  kafka-configs.sh --alter --entity-type topics --entity-name t
                   --add-config k=v
      config set topic/t k=v, or topic alter t -c k=v
  kafka-reassign-partitions.sh
    * cluster balance plan, partition reassign --plan F
  kafka-leader-election.sh --election-type preferred
      partition elect --all
  kafka-get-offsets.sh
      topic offsets t
  kafka-delete-records.sh
      topic trim t -o OFFSET
  kafka-log-dirs.sh
      broker log-dirs, topic size
  kafka-dump-log.sh
      inspect segment F, inspect index F, inspect meta DIR
  kafka-metadata-quorum.sh describe --status
      quorum status, quorum describe
  kafka-features.sh describe, upgrade --feature f=N
      cluster features, cluster features upgrade f N
  kafka-cluster.sh cluster-id, unregister --id N
      cluster id, broker decommission N
  kafka-transactions.sh, kafka-acls.sh
    * txn, security acl
  kafka-broker-api-versions.sh
      version
  kafka-producer-perf-test.sh --num-records --record-size --throughput -1
      bench produce t --records --size --rate max
  kafka-verifiable-producer.sh, kafka-verifiable-consumer.sh
      bench produce t --verify
  kafka-server-start.sh f, kafka-server-stop.sh
      barnabas-broker --config f, SIGTERM
)";

constexpr char kFormats[] =
    R"(Record formats of consume -f and produce -f:

  %t topic              %p partition       %o offset
  %k key                %v or %s value     %h headers, name=value,name=value
  %d or %T time, in milliseconds since 1970
  %K length of the key  %V or %S length of the value
  %e leader epoch       %x producer id     %% a percent sign

Behind %k, %v and %s: {hex}, {base64}, {json}; behind %h: {json}; behind %d and
%T: {strftime[%F %T]}, in UTC. Escapes: \n \t \r \0 \\ \" \xNN.
Also: consume -f json (one object a line) and -f raw (values, nothing else).

Reading needs text between fields, or lengths before them: '%K %V %k%v\n'.
A header's '%', ',', '=' and control bytes are written as %NN.

Offsets of consume -o: start, end, N, -N (so many before the end), +N (so many
after the start), @TIME, s@MS and e@MS (begin and end), N:M, @MS:@MS, :end.
TIME: ms or s since 1970, 2024-05-01, 2024-05-01T12:00:00Z, -1h, -PT1H.

Output of every command (-o): table, wide, json, jsonl, yaml, name,
template='{name} {partitions}\n'. JSON is the reply of the server: 64-bit
numbers are texts, so use jq '.highWatermark|tonumber'. Tables can be shaped:
--columns A,B --sort-by -SIZE --filter 'STATE!=RUNNING' --no-headers.
)";

constexpr char kExitCodes[] =
    R"(Exit codes:

    0  all done
    1  the server refused, or any item of several failed
    2  usage: flag, argument, config file, missing --yes
    3  could not reach the cluster, or the deadline passed
    4  not found: the only item asked for
    5  conflict: exists already, version mismatch, precondition
    6  not allowed
    7  condition not met: cluster health, quorum transfer-leader
    8  outcome unknown: sent, no answer; it may have happened
   70  a bug in this command
  130  ended by SIGINT, 143 by SIGTERM; consume ended by Ctrl-C is 0

health: 0 serving, 1 wrong usage, 2 no connection, 3 call failed or unknown
service, 4 not serving (as grpc_health_probe).
)";

}  // namespace

const char* HelpPage(const std::string& name) {
  if (name == "kafka") return kKafka;
  if (name == "formats") return kFormats;
  if (name == "exit-codes") return kExitCodes;
  return nullptr;
}

std::vector<std::string> HelpPageNames() {
  return {"kafka", "formats", "exit-codes"};
}

}  // namespace barnabas::cli
