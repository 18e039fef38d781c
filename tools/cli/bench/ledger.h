// Ledger: what became of every record of a verified run.
//
// What: remembers for each sequence whether it was acknowledged or failed, and
//   how often it was read back; then counts what must not be. One byte each.
// Units: records. Ranges: sequences are [0, capacity).
// Empty case: a ledger of no records finds nothing wrong.
// Thread: Acknowledged, Failed and Read from any thread without a lock;
//   Verdict when they are done.
// Errors: a sequence out of range counts as foreign.
// Always true: lost + doubled + reordered == 0 means that every acknowledged
//   record was read exactly once and in the order of its partition. A record
//   whose outcome is unknown may be read or not, but not twice.
#ifndef BARNABAS_TOOLS_CLI_BENCH_LEDGER_H_
#define BARNABAS_TOOLS_CLI_BENCH_LEDGER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace barnabas::cli {

struct Verdict {
  int64_t accepted = 0;
  int64_t acknowledged = 0;
  // Failed or never answered: may or may not have been stored.
  int64_t unknown = 0;
  int64_t read = 0;
  // Acknowledged, never read.
  int64_t lost = 0;
  // Read more than once.
  int64_t doubled = 0;
  // Read after a younger record of the same client and partition.
  int64_t reordered = 0;
  // Unknown outcome, but stored: fine.
  int64_t stored_without_answer = 0;
  // Not of this run.
  int64_t foreign = 0;

  bool Holds() const { return lost == 0 && doubled == 0 && reordered == 0; }
  // One line for people.
  std::string ToString() const;
};

class Ledger {
 public:
  // Sequence s is sent by client s % clients; order holds for each of them.
  explicit Ledger(int64_t capacity, int32_t clients = 1);

  void Accepted(uint64_t sequence);
  void Acknowledged(uint64_t sequence);
  // One thread reads each partition, in offset order.
  void Read(int32_t partition, uint64_t sequence);
  void Foreign() { foreign_.fetch_add(1, std::memory_order_relaxed); }

  Verdict Judge() const;

 private:
  static constexpr uint8_t kAccepted = 1;
  static constexpr uint8_t kAcknowledged = 2;
  static constexpr uint8_t kReadOnce = 4;
  static constexpr uint8_t kReadTwice = 8;

  const int64_t capacity_;
  const uint64_t clients_;
  const std::unique_ptr<std::atomic<uint8_t>[]> marks_;
  // Youngest sequence read, plus one, by partition, then client.
  std::map<int32_t, std::vector<uint64_t>> youngest_;
  int64_t reordered_ = 0;
  std::atomic<int64_t> foreign_ = 0;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_LEDGER_H_
