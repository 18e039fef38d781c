// HeldBytes: what a process holds for each of its callers.
//
// What: calls book the requests that they carry out and the answers that wait
//   to be read, on the account of their peer; so whoever fills the memory can
//   be told from the others, who may have as many streams. (README 37)
// Place: services book; a listener reads, through ConnectionWatch.
// Units: bytes. Empty case: of a peer that books nothing 0 is held.
// Thread: any; a mutex inside.
// Errors: none. Bounds: an account per peer that has open calls.
// Always true: what a share booked is given back when it goes, and the account
//   with the last share; shares go before what they were opened at.
#ifndef BARNABAS_CLIENT_SERVING_HELD_BYTES_H_
#define BARNABAS_CLIENT_SERVING_HELD_BYTES_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::rpc {

class HeldBytes {
 public:
  struct Account {
    explicit Account(std::string name) : peer(std::move(name)) {}
    const std::string peer;
    std::atomic<int64_t> bytes = 0;
    // Under the mutex of its owner.
    int shares = 0;
  };
  // The part of one call.
  class Share {
   public:
    Share(HeldBytes* owner, Account* account)
        : owner_(owner), account_(account) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share();

    // More, or less if negative.
    void Add(int64_t bytes);

   private:
    HeldBytes* const owner_;
    Account* const account_;
    std::atomic<int64_t> added_ = 0;
  };

  // For a call from `peer`, as gRPC spells it.
  std::unique_ptr<Share> Open(const std::string& peer);

  // `peer` as "127.0.0.1:54321" or "[::1]:54321".
  int64_t Of(const std::string& peer) const;

 private:
  void Close(Account* account);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Account>> accounts_
      ABSL_GUARDED_BY(mutex_);
};

// "127.0.0.1:54321" of gRPC's "ipv4:127.0.0.1:54321", and "[::1]:54321" of its
// "ipv6:%5B::1%5D:54321"; what lies before the scheme is dropped.
std::string PlainPeer(const std::string& name);

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_HELD_BYTES_H_
