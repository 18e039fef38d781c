// Positions in logs and the epochs that fence them.
//
// Units: an Offset counts records of one partition from 0; a LogIndex counts
//   entries of the metadata log (its value is the offset there).
// Ranges: OffsetRange is half-open, [begin, end).
// Empty case: begin == end; kNoOffset, kNoLeaderEpoch (-1) mean "none" inside
//   codecs only; interfaces say std::optional.
// Thread: plain values. Errors: none.
#ifndef BARNABAS_PROTO_TYPES_OFFSETS_H_
#define BARNABAS_PROTO_TYPES_OFFSETS_H_

#include <cstdint>

#include "proto/types/strong_int.h"

namespace barnabas {

// Position of a record in a partition's log.
using Offset = StrongInt<struct OffsetTag, int64_t>;
// How often leadership of a partition was decided.
using LeaderEpoch = StrongInt<struct LeaderEpochTag, int32_t>;
// How often a partition's metadata changed.
using PartitionEpoch = StrongInt<struct PartitionEpochTag, int32_t>;
// Raft's term; stored as the leader epoch of metadata batches.
using Term = StrongInt<struct TermTag, int32_t>;
// Position of an entry in the metadata log; also the metadata version.
using LogIndex = StrongInt<struct LogIndexTag, int64_t>;

inline constexpr Offset kNoOffset{-1};
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};

// The offsets begin, begin + 1, ..., end - 1.
struct OffsetRange {
  Offset begin;
  Offset end;

  bool operator==(const OffsetRange&) const = default;
  bool Empty() const { return begin >= end; }
  int64_t Size() const { return Empty() ? 0 : Distance(begin, end); }
  bool Contains(Offset offset) const { return begin <= offset && offset < end; }
};

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_OFFSETS_H_
