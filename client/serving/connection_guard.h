// ConnectionGuard: which connections do harm. (README 37)
//
// What: judges each connection by what it received and by what came of it.
//   gRPC 1.51 bounds neither headers that never end nor streams that are
//   reset as they open, nor frames that mean nothing; all of them are bytes
//   without a message, or streams without an answer. Headers that never end
//   are worse than their bytes: gRPC copies the whole block with every frame,
//   so that it lags behind, while it has nothing to say to them; to a message,
//   large as it may be, it says that the window moves.
// Place: pure; client/serving/connection_watch feeds it.
// Units: bytes, counts, absl::Duration since some fixed moment.
// Ranges: a connection may receive one largest message without any progress,
//   and only little if it hears nothing from the server meanwhile.
// Empty case: an unknown connection begins with its first note.
// Thread: one at a time. Errors: none; a verdict is a sentence, "" means well.
// Always true: a connection whose messages come and whose streams are
//   answered is never judged an offender, however much it sends.
#ifndef BARNABAS_CLIENT_SERVING_CONNECTION_GUARD_H_
#define BARNABAS_CLIENT_SERVING_CONNECTION_GUARD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "proto/types/limits.h"
#include "proto/types/units.h"

namespace barnabas::rpc {

// What became of a connection's streams since it was opened.
struct StreamCounts {
  int64_t started = 0;
  // Ended by the server, and ended before it could.
  int64_t answered = 0;
  int64_t broken = 0;
  // Messages, both ways.
  int64_t messages = 0;
  // Requests that are carried out, and answers that wait to be read, in bytes;
  // as far as the services tell.
  int64_t held_bytes = 0;
};

// What TCP carried of a connection since it was opened.
struct Traffic {
  int64_t received_bytes = 0;
  // Of them, not read yet.
  int64_t unread_bytes = 0;
  int64_t sent_bytes = 0;
};

class ConnectionGuard {
 public:
  struct Options {
    // Before the first stream: the preface, SETTINGS, a few PINGs.
    int64_t opening_bytes_max = 256 * kKiB;
    // Without a message or an answer: one largest message and its headers.
    int64_t fruitless_bytes_max = kMessageBytesMax + 7 * kMiB;
    // Received in a row while the server sent nothing, if for so long more
    // came than it could read: a message moves the window.
    int64_t unanswered_bytes_max = kMiB;
    absl::Duration unanswered_max = absl::Seconds(2);
    // As fruitless_bytes_max, of all connections together.
    int64_t fruitless_bytes_total_max = 256 * kMiB;
    // Streams broken off within a second. Whoever gives up all that he may
    // have open, twice in one second, is no client.
    int64_t broken_streams_max = 2 * kStreamsPerConnectionMax;
    // Streams that began and are not over here. gRPC lets go of a stream only
    // some time after its client has; of a flood they pile up.
    int64_t open_streams_max = 4 * kStreamsPerConnectionMax;
    // What gRPC 1.51 keeps for an idle stream, as measured.
    int64_t stream_bytes = 16 * kKiB;
  };

  explicit ConnectionGuard(const Options& options) : options_(options) {}

  // A connection has carried so much in all. How much it received since it was
  // last judged.
  int64_t Note(uint64_t id, absl::Duration now, const Traffic& traffic);
  // The server has not said anything for too long; to be judged.
  bool IsUnanswered(uint64_t id) const;
  // Why it must be shut, or "".
  std::string Judge(uint64_t id, absl::Duration now,
                    const StreamCounts& counts);
  void Forget(uint64_t id);

  // The connections together hold too much that came to nothing.
  bool IsOverTotal() const {
    return fruitless_total_ > options_.fruitless_bytes_total_max;
  }
  // What a connection is weighed by: what it sent in vain, or all that it
  // takes to hold its doings.
  enum class Burden { kFruitless, kMemory };
  struct Weight {
    uint64_t id = 0;
    int64_t bytes = 0;
  };
  // The heaviest of all; none if there are no connections.
  std::optional<Weight> Heaviest(Burden burden) const;
  // Of one; zero if it is not known.
  Weight WeightOf(uint64_t id, Burden burden) const;

 private:
  struct Unanswered {
    int64_t bytes = 0;
    // While the server lagged, as far as it was seen: a process that was
    // stopped saw nothing.
    absl::Duration lasted;
  };
  struct Entry {
    int64_t received = 0;
    // Received when it was last judged.
    int64_t judged = 0;
    int64_t fruitless = 0;
    int64_t open_streams = 0;
    StreamCounts counts;
    // Received since the server last sent something or a stream came on.
    Unanswered unanswered;
    int64_t sent = 0;
    // When it last received something.
    absl::Duration noted = absl::InfiniteDuration();
    // Where the second began in which broken streams are counted.
    absl::Duration second;
    StreamCounts at_second;
  };

  void SetFruitless(int64_t bytes, Entry* entry);
  int64_t BytesOf(const Entry& entry, Burden burden) const;
  bool IsTooLong(const Unanswered& unanswered) const {
    return unanswered.bytes > options_.unanswered_bytes_max &&
           unanswered.lasted >= options_.unanswered_max;
  }

  const Options options_;
  absl::flat_hash_map<uint64_t, Entry> entries_;
  int64_t fruitless_total_ = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_CONNECTION_GUARD_H_
