// Error codes and their fixed attributes.
//
// What: the C++ face of proto/barnabas/v1/error.proto, without protobuf's
//   headers, so that the lowest floors may use it. A test holds the two equal.
// Empty case: kUnspecified (0) means "no error" and has no attributes.
// Thread: anything may be called from any thread; all data is constant.
// Errors: none; an unknown number maps to kInternal.
#ifndef BARNABAS_PROTO_TYPES_ERROR_CODE_H_
#define BARNABAS_PROTO_TYPES_ERROR_CODE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace barnabas {

// Numbers are stable for ever; meanings stand in error.proto.
enum class ErrorCode : int32_t {
  kUnspecified = 0,
  kInternal = 1,
  kUnknownTopic = 10,
  kUnknownPartition = 11,
  kOffsetOutOfRange = 12,
  kCorruptRecord = 13,
  kUnsupportedBatchFormat = 14,
  kInvalidRecord = 15,
  kBatchTooLarge = 16,
  kInvalidTimestamp = 17,
  kUnsupportedCompression = 18,
  kNotLeader = 20,
  kFencedLeaderEpoch = 21,
  kUnknownLeaderEpoch = 22,
  kLeaderNotAvailable = 23,
  kNotEnoughReplicas = 24,
  kStorageError = 25,
  kDiskFull = 26,
  kRequestTimedOut = 27,
  kPreferredLeaderNotAvailable = 28,
  kOutOfOrderSequence = 30,
  kUnknownProducerId = 31,
  kInvalidProducerEpoch = 32,
  kDuplicateSequence = 33,
  kInvalidTopicName = 40,
  kTopicAlreadyExists = 41,
  kInvalidPartitionCount = 42,
  kInvalidReplicationFactor = 43,
  kInvalidReplicaAssignment = 44,
  kInvalidSetting = 45,
  kVersionMismatch = 46,
  kLimitExceeded = 47,
  kInconsistentTopicId = 48,
  kNothingToChange = 49,
  kNotController = 50,
  kControllerNotAvailable = 51,
  kDuplicateBrokerRegistration = 52,
  kStaleBrokerEpoch = 53,
  kBrokerNotRegistered = 54,
  kInconsistentClusterId = 55,
  kInvalidRegistration = 56,
  kBrokerNotAvailable = 57,
  kBrokerInUse = 58,
  kFeatureUpdateFailed = 59,
  kInvalidRequest = 60,
  kUnsupportedFrame = 61,
  kProtocolError = 62,
  kShuttingDown = 63,
  kOverloaded = 64,
  kMessageTooLarge = 65,
  kUnsupportedFeature = 66,
  kUnknownSession = 67,
  kCreditExceeded = 68,
  kSessionExpired = 69,
  kDirectoryLocked = 70,
  kWrongIdentity = 71,
  kUnsupportedFormat = 72,
  kNotFormatted = 73,
  kCorruptLog = 74,
  kAddressInUse = 75,
  kInvalidNodeFile = 76,
  kDirectoryUnusable = 77,
  kUnauthenticated = 80,
  kPermissionDenied = 81,
};

// How far an error reaches.
enum class ErrorScope : int32_t {
  kUnspecified = 0,
  kRecord = 1,
  kBatch = 2,
  kPartition = 3,
  kStream = 4,
  kCall = 5,
  kNode = 6,
};

// Whether, where and when to try again.
enum class RetryClass : int32_t {
  kUnspecified = 0,
  kNever = 1,
  kSamePlace = 2,
  kAfterRefresh = 3,
  kAfterDelay = 4,
  kAfterReinit = 5,
};

// Fixed attributes of one code.
struct ErrorAttributes {
  ErrorCode code;
  // As in error.proto without the prefix: "UNKNOWN_TOPIC".
  std::string_view name;
  absl::StatusCode status;
  ErrorScope scope;
  RetryClass retry;
};

// Attributes of `code`; those of kInternal for a number not listed.
const ErrorAttributes& AttributesOf(ErrorCode code);

// "UNKNOWN_TOPIC"; "OK" for kUnspecified.
std::string_view NameOf(ErrorCode code);

// Every code but kUnspecified, in order of number.
std::vector<ErrorCode> AllErrorCodes();

// True unless the retry class is kNever; false for kUnspecified.
bool IsRetriable(ErrorCode code);

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_ERROR_CODE_H_
