// A minimal librdkafka client for side-by-side measurement: the fastest common
// Kafka client in C. One thread sends or reads, librdkafka's own threads work.
//
//   kafka_c_client produce BROKER TOPIC COUNT SIZE ACKS [KEYS]
//        (a delivery report for each record; KEYS: so many keys, hashed with
//        murmur2; without it librdkafka chooses partitions)
//   kafka_c_client consume BROKER TOPIC COUNT
//   kafka_c_client e2e     BROKER TOPIC RATE SECONDS SIZE   (acks=1;
//        prints percentiles of send-to-receive time, first 2 s left out;
//        LINGER_MS in the environment, 1 by default)
//   kafka_c_client gap     BROKER TOPIC SECONDS     (acks=all, 1 record / ms;
//        prints the longest time without an acknowledgement, in ms)
//
// Prints one JSON line. Build: cc -O2 kafka_c_client.c -lrdkafka -lpthread
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static long acked, failed;
static double last_ack, longest_gap, gap_end;

static void on_delivery(rd_kafka_t* k, const rd_kafka_message_t* m, void* o) {
  (void)k, (void)o;
  if (m->err) {
    failed++;
    return;
  }
  acked++;
  double t = now();
  if (last_ack > 0 && t - last_ack > longest_gap) {
    longest_gap = t - last_ack;
    gap_end = t;
  }
  last_ack = t;
}

static void set(rd_kafka_conf_t* c, const char* key, const char* value) {
  char e[256];
  if (rd_kafka_conf_set(c, key, value, e, sizeof e)) {
    fprintf(stderr, "%s\n", e);
    exit(1);
  }
}

static rd_kafka_t* open_producer(rd_kafka_conf_t* c) {
  char e[256];
  rd_kafka_conf_set_dr_msg_cb(c, on_delivery);
  rd_kafka_t* k = rd_kafka_new(RD_KAFKA_PRODUCER, c, e, sizeof e);
  if (!k) {
    fprintf(stderr, "%s\n", e);
    exit(1);
  }
  return k;
}

static int produce(rd_kafka_conf_t* c, const char* topic, long count, int size,
                   const char* acks, long keys) {
  set(c, "acks", acks);
  set(c, "linger.ms", "5");
  set(c, "queue.buffering.max.messages", "500000");
  rd_kafka_t* k = open_producer(c);
  char why[256], key[32];
  rd_kafka_topic_conf_t* tc = rd_kafka_topic_conf_new();
  if (keys && rd_kafka_topic_conf_set(tc, "partitioner", "murmur2_random", why,
                                      sizeof why)) {
    fprintf(stderr, "%s\n", why);
    exit(1);
  }
  rd_kafka_topic_t* t = rd_kafka_topic_new(k, topic, tc);
  char* payload = malloc(size);
  memset(payload, 'x', size);
  double begin = now();
  for (long i = 0; i < count;) {
    int key_size = keys ? snprintf(key, sizeof key, "key-%ld", i % keys) : 0;
    if (!rd_kafka_produce(t, RD_KAFKA_PARTITION_UA, 0, payload, size,
                          keys ? key : NULL, key_size, NULL)) {
      i++;
      if (i % 1000 == 0) rd_kafka_poll(k, 0);
    } else {
      rd_kafka_poll(k, 1);
    }
  }
  rd_kafka_flush(k, 60000);
  double s = now() - begin;
  printf(
      "{\"peer\":\"kafka+librdkafka\",\"work\":\"produce %d B, acks=%s\","
      "\"records/s\":%.0f,\"MB/s\":%.1f,\"acked\":%ld,\"failed\":%ld}\n",
      size, acks, acked / s, acked / s * size / 1e6, acked, failed);
  return failed || acked != count;
}

static int consume(rd_kafka_conf_t* c, const char* topic, long count) {
  char e[256], group[64];
  snprintf(group, sizeof group, "g%ld",
           (long)time(NULL) * 1000 + rand() % 1000);
  set(c, "group.id", group);
  set(c, "auto.offset.reset", "earliest");
  set(c, "enable.auto.commit", "false");
  set(c, "queued.max.messages.kbytes", "262144");
  rd_kafka_t* k = rd_kafka_new(RD_KAFKA_CONSUMER, c, e, sizeof e);
  rd_kafka_poll_set_consumer(k);
  rd_kafka_topic_partition_list_t* l = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(l, topic, RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(k, l);
  rd_kafka_queue_t* q = rd_kafka_queue_get_consumer(k);
  static rd_kafka_message_t* m[10000];
  long n = 0, bytes = 0;
  double begin = 0, limit = now() + 60;
  while (n < count && now() < limit) {
    ssize_t got = rd_kafka_consume_batch_queue(q, 100, m, 10000);
    for (ssize_t i = 0; i < got; i++) {
      if (!m[i]->err) {
        if (!begin) begin = now();
        n++, bytes += m[i]->len;
      }
      rd_kafka_message_destroy(m[i]);
    }
  }
  double s = now() - begin;
  printf(
      "{\"peer\":\"kafka+librdkafka\",\"work\":\"consume\",\"records/s\":%.0f,"
      "\"MB/s\":%.1f,\"records\":%ld}\n",
      n / s, bytes / s / 1e6, n);
  rd_kafka_consumer_close(k);
  return n < count;
}

static int gap(rd_kafka_conf_t* c, const char* topic, int seconds) {
  set(c, "acks", "all");
  set(c, "linger.ms", "0");
  set(c, "enable.idempotence", "true");
  rd_kafka_t* k = open_producer(c);
  rd_kafka_topic_t* t = rd_kafka_topic_new(k, topic, NULL);
  double begin = now(), next = begin;
  while (now() < begin + seconds) {
    rd_kafka_produce(t, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "x", 1,
                     NULL, 0, NULL);
    next += 0.001;
    do rd_kafka_poll(k, 1);
    while (now() < next);
  }
  rd_kafka_flush(k, 30000);
  printf(
      "{\"peer\":\"kafka+librdkafka\",\"work\":\"longest gap between acks\","
      "\"ms\":%.0f,\"ended at s\":%.1f,\"acked\":%ld,\"failed\":%ld}\n",
      longest_gap * 1e3, gap_end - begin, acked, failed);
  return failed != 0;
}

static int e2e_size, e2e_seconds;
static double e2e_rate, e2e_begin;
static rd_kafka_t* e2e_producer;
static rd_kafka_topic_t* e2e_topic;

static void* e2e_send(void* unused) {
  (void)unused;
  char* payload = calloc(1, e2e_size);
  long total = (long)(e2e_rate * e2e_seconds);
  for (long i = 0; i < total; i++) {
    double due = e2e_begin + i / e2e_rate, t;
    while ((t = now()) < due) {
      struct timespec nap = {0, (long)((due - t) * 1e9)};
      nanosleep(&nap, NULL);
    }
    memcpy(payload, &due, sizeof due);
    rd_kafka_produce(e2e_topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                     payload, e2e_size, NULL, 0, NULL);
    if (i % 100 == 0) rd_kafka_poll(e2e_producer, 0);
  }
  rd_kafka_flush(e2e_producer, 30000);
  return NULL;
}

static int by_value(const void* a, const void* b) {
  double d = *(const double*)a - *(const double*)b;
  return (d > 0) - (d < 0);
}

static int e2e(rd_kafka_conf_t* c, const char* topic) {
  char e[256], group[64];
  rd_kafka_conf_t* pc = rd_kafka_conf_dup(c);
  set(pc, "acks", "1");
  const char* linger = getenv("LINGER_MS");
  set(pc, "linger.ms", linger ? linger : "1");
  e2e_producer = open_producer(pc);
  e2e_topic = rd_kafka_topic_new(e2e_producer, topic, NULL);
  snprintf(group, sizeof group, "e%ld", (long)time(NULL));
  set(c, "group.id", group);
  set(c, "auto.offset.reset", "latest");
  rd_kafka_t* k = rd_kafka_new(RD_KAFKA_CONSUMER, c, e, sizeof e);
  rd_kafka_poll_set_consumer(k);
  rd_kafka_topic_partition_list_t* l = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(l, topic, 0);
  l->elems[0].offset = RD_KAFKA_OFFSET_END;
  rd_kafka_assign(k, l);
  for (double t = now() + 3; now() < t;) {
    rd_kafka_message_t* m = rd_kafka_consumer_poll(k, 100);
    if (m) rd_kafka_message_destroy(m);
  }
  long total = (long)(e2e_rate * e2e_seconds), n = 0, kept = 0;
  double* took = malloc(sizeof(double) * total);
  e2e_begin = now();
  pthread_t sender;
  pthread_create(&sender, NULL, e2e_send, NULL);
  double limit = now() + e2e_seconds + 20;
  while (n < total && now() < limit) {
    rd_kafka_message_t* m = rd_kafka_consumer_poll(k, 100);
    if (!m) continue;
    if (!m->err) {
      double due, t = now();
      memcpy(&due, m->payload, sizeof due);
      if (due > e2e_begin + 2) took[kept++] = (t - due) * 1e3;
      n++;
    }
    rd_kafka_message_destroy(m);
  }
  pthread_join(sender, NULL);
  qsort(took, kept, sizeof *took, by_value);
  printf(
      "{\"peer\":\"kafka+librdkafka\",\"work\":\"end to end %d B at %.0f/s\","
      "\"p50 ms\":%.2f,\"p99 ms\":%.2f,\"p99.9 ms\":%.2f,\"records\":%ld}\n",
      e2e_size, e2e_rate, took[kept / 2], took[(long)(kept * 0.99)],
      took[(long)(kept * 0.999)], n);
  rd_kafka_consumer_close(k);
  return n < total;
}

int main(int n, char** a) {
  if (n < 5) {
    fprintf(stderr, "usage: see the first lines of this file\n");
    return 64;
  }
  rd_kafka_conf_t* c = rd_kafka_conf_new();
  set(c, "bootstrap.servers", a[2]);
  if (!strcmp(a[1], "produce") && (n == 7 || n == 8))
    return produce(c, a[3], atol(a[4]), atoi(a[5]), a[6],
                   n == 8 ? atol(a[7]) : 0);
  if (!strcmp(a[1], "consume")) return consume(c, a[3], atol(a[4]));
  if (!strcmp(a[1], "e2e") && n == 7) {
    e2e_rate = atof(a[4]), e2e_seconds = atoi(a[5]), e2e_size = atoi(a[6]);
    return e2e(c, a[3]);
  }
  if (!strcmp(a[1], "gap")) return gap(c, a[3], atoi(a[4]));
  return 64;
}
