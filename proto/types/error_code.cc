#include "proto/types/error_code.h"

#include <algorithm>
#include <iterator>

namespace barnabas {
namespace {

// In order of number.
constexpr ErrorAttributes kTable[] = {
    {ErrorCode::kInternal, "INTERNAL", absl::StatusCode::kInternal,
     ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kUnknownTopic, "UNKNOWN_TOPIC", absl::StatusCode::kNotFound,
     ErrorScope::kPartition, RetryClass::kAfterRefresh},
    {ErrorCode::kUnknownPartition, "UNKNOWN_PARTITION",
     absl::StatusCode::kNotFound, ErrorScope::kPartition,
     RetryClass::kAfterRefresh},
    {ErrorCode::kOffsetOutOfRange, "OFFSET_OUT_OF_RANGE",
     absl::StatusCode::kOutOfRange, ErrorScope::kPartition, RetryClass::kNever},
    {ErrorCode::kCorruptRecord, "CORRUPT_RECORD", absl::StatusCode::kDataLoss,
     ErrorScope::kBatch, RetryClass::kSamePlace},
    {ErrorCode::kUnsupportedBatchFormat, "UNSUPPORTED_BATCH_FORMAT",
     absl::StatusCode::kInvalidArgument, ErrorScope::kBatch,
     RetryClass::kNever},
    {ErrorCode::kInvalidRecord, "INVALID_RECORD",
     absl::StatusCode::kInvalidArgument, ErrorScope::kBatch,
     RetryClass::kNever},
    {ErrorCode::kBatchTooLarge, "BATCH_TOO_LARGE",
     absl::StatusCode::kInvalidArgument, ErrorScope::kBatch,
     RetryClass::kNever},
    {ErrorCode::kInvalidTimestamp, "INVALID_TIMESTAMP",
     absl::StatusCode::kInvalidArgument, ErrorScope::kBatch,
     RetryClass::kNever},
    {ErrorCode::kUnsupportedCompression, "UNSUPPORTED_COMPRESSION",
     absl::StatusCode::kInvalidArgument, ErrorScope::kBatch,
     RetryClass::kNever},
    {ErrorCode::kNotLeader, "NOT_LEADER", absl::StatusCode::kUnavailable,
     ErrorScope::kPartition, RetryClass::kAfterRefresh},
    {ErrorCode::kFencedLeaderEpoch, "FENCED_LEADER_EPOCH",
     absl::StatusCode::kAborted, ErrorScope::kPartition,
     RetryClass::kAfterRefresh},
    {ErrorCode::kUnknownLeaderEpoch, "UNKNOWN_LEADER_EPOCH",
     absl::StatusCode::kUnavailable, ErrorScope::kPartition,
     RetryClass::kAfterDelay},
    {ErrorCode::kLeaderNotAvailable, "LEADER_NOT_AVAILABLE",
     absl::StatusCode::kUnavailable, ErrorScope::kPartition,
     RetryClass::kAfterDelay},
    {ErrorCode::kNotEnoughReplicas, "NOT_ENOUGH_REPLICAS",
     absl::StatusCode::kUnavailable, ErrorScope::kPartition,
     RetryClass::kAfterDelay},
    {ErrorCode::kStorageError, "STORAGE_ERROR", absl::StatusCode::kUnavailable,
     ErrorScope::kPartition, RetryClass::kAfterDelay},
    {ErrorCode::kDiskFull, "DISK_FULL", absl::StatusCode::kResourceExhausted,
     ErrorScope::kPartition, RetryClass::kAfterDelay},
    {ErrorCode::kRequestTimedOut, "REQUEST_TIMED_OUT",
     absl::StatusCode::kDeadlineExceeded, ErrorScope::kBatch,
     RetryClass::kSamePlace},
    {ErrorCode::kOutOfOrderSequence, "OUT_OF_ORDER_SEQUENCE",
     absl::StatusCode::kAborted, ErrorScope::kBatch, RetryClass::kAfterReinit},
    {ErrorCode::kUnknownProducerId, "UNKNOWN_PRODUCER_ID",
     absl::StatusCode::kAborted, ErrorScope::kBatch, RetryClass::kAfterReinit},
    {ErrorCode::kInvalidProducerEpoch, "INVALID_PRODUCER_EPOCH",
     absl::StatusCode::kAborted, ErrorScope::kBatch, RetryClass::kAfterReinit},
    {ErrorCode::kDuplicateSequence, "DUPLICATE_SEQUENCE",
     absl::StatusCode::kAlreadyExists, ErrorScope::kBatch, RetryClass::kNever},
    {ErrorCode::kInvalidTopicName, "INVALID_TOPIC_NAME",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kTopicAlreadyExists, "TOPIC_ALREADY_EXISTS",
     absl::StatusCode::kAlreadyExists, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kInvalidPartitionCount, "INVALID_PARTITION_COUNT",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kInvalidReplicationFactor, "INVALID_REPLICATION_FACTOR",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kInvalidReplicaAssignment, "INVALID_REPLICA_ASSIGNMENT",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kInvalidSetting, "INVALID_SETTING",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kVersionMismatch, "VERSION_MISMATCH",
     absl::StatusCode::kAborted, ErrorScope::kCall, RetryClass::kAfterRefresh},
    {ErrorCode::kLimitExceeded, "LIMIT_EXCEEDED",
     absl::StatusCode::kResourceExhausted, ErrorScope::kCall,
     RetryClass::kNever},
    {ErrorCode::kInconsistentTopicId, "INCONSISTENT_TOPIC_ID",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kPartition,
     RetryClass::kAfterRefresh},
    {ErrorCode::kNothingToChange, "NOTHING_TO_CHANGE",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kCall,
     RetryClass::kNever},
    {ErrorCode::kNotController, "NOT_CONTROLLER",
     absl::StatusCode::kUnavailable, ErrorScope::kCall,
     RetryClass::kAfterRefresh},
    {ErrorCode::kControllerNotAvailable, "CONTROLLER_NOT_AVAILABLE",
     absl::StatusCode::kUnavailable, ErrorScope::kCall,
     RetryClass::kAfterDelay},
    {ErrorCode::kDuplicateBrokerRegistration, "DUPLICATE_BROKER_REGISTRATION",
     absl::StatusCode::kAlreadyExists, ErrorScope::kCall,
     RetryClass::kAfterDelay},
    {ErrorCode::kStaleBrokerEpoch, "STALE_BROKER_EPOCH",
     absl::StatusCode::kAborted, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kBrokerNotRegistered, "BROKER_NOT_REGISTERED",
     absl::StatusCode::kNotFound, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kInconsistentClusterId, "INCONSISTENT_CLUSTER_ID",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kCall,
     RetryClass::kNever},
    {ErrorCode::kInvalidRegistration, "INVALID_REGISTRATION",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kBrokerNotAvailable, "BROKER_NOT_AVAILABLE",
     absl::StatusCode::kUnavailable, ErrorScope::kCall,
     RetryClass::kAfterDelay},
    {ErrorCode::kInvalidRequest, "INVALID_REQUEST",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kUnsupportedFrame, "UNSUPPORTED_FRAME",
     absl::StatusCode::kUnimplemented, ErrorScope::kStream, RetryClass::kNever},
    {ErrorCode::kProtocolError, "PROTOCOL_ERROR",
     absl::StatusCode::kInvalidArgument, ErrorScope::kStream,
     RetryClass::kNever},
    {ErrorCode::kShuttingDown, "SHUTTING_DOWN", absl::StatusCode::kUnavailable,
     ErrorScope::kStream, RetryClass::kAfterRefresh},
    {ErrorCode::kOverloaded, "OVERLOADED", absl::StatusCode::kResourceExhausted,
     ErrorScope::kStream, RetryClass::kAfterDelay},
    {ErrorCode::kMessageTooLarge, "MESSAGE_TOO_LARGE",
     absl::StatusCode::kInvalidArgument, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kUnsupportedFeature, "UNSUPPORTED_FEATURE",
     absl::StatusCode::kUnimplemented, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kUnknownSession, "UNKNOWN_SESSION", absl::StatusCode::kNotFound,
     ErrorScope::kPartition, RetryClass::kNever},
    {ErrorCode::kCreditExceeded, "CREDIT_EXCEEDED",
     absl::StatusCode::kResourceExhausted, ErrorScope::kStream,
     RetryClass::kNever},
    {ErrorCode::kSessionExpired, "SESSION_EXPIRED",
     absl::StatusCode::kDeadlineExceeded, ErrorScope::kStream,
     RetryClass::kSamePlace},
    {ErrorCode::kDirectoryLocked, "DIRECTORY_LOCKED",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kNode,
     RetryClass::kNever},
    {ErrorCode::kWrongIdentity, "WRONG_IDENTITY",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kNode,
     RetryClass::kNever},
    {ErrorCode::kUnsupportedFormat, "UNSUPPORTED_FORMAT",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kNode,
     RetryClass::kNever},
    {ErrorCode::kNotFormatted, "NOT_FORMATTED",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kNode,
     RetryClass::kNever},
    {ErrorCode::kCorruptLog, "CORRUPT_LOG", absl::StatusCode::kDataLoss,
     ErrorScope::kNode, RetryClass::kNever},
    {ErrorCode::kAddressInUse, "ADDRESS_IN_USE", absl::StatusCode::kUnavailable,
     ErrorScope::kNode, RetryClass::kNever},
    {ErrorCode::kInvalidNodeFile, "INVALID_NODE_FILE",
     absl::StatusCode::kInvalidArgument, ErrorScope::kNode, RetryClass::kNever},
    {ErrorCode::kDirectoryUnusable, "DIRECTORY_UNUSABLE",
     absl::StatusCode::kFailedPrecondition, ErrorScope::kNode,
     RetryClass::kNever},
    {ErrorCode::kUnauthenticated, "UNAUTHENTICATED",
     absl::StatusCode::kUnauthenticated, ErrorScope::kCall, RetryClass::kNever},
    {ErrorCode::kPermissionDenied, "PERMISSION_DENIED",
     absl::StatusCode::kPermissionDenied, ErrorScope::kCall,
     RetryClass::kNever},
};

}  // namespace

const ErrorAttributes& AttributesOf(ErrorCode code) {
  const auto* found = std::lower_bound(
      std::begin(kTable), std::end(kTable), code,
      [](const ErrorAttributes& row, ErrorCode key) { return row.code < key; });
  if (found == std::end(kTable) || found->code != code) return kTable[0];
  return *found;
}

std::string_view NameOf(ErrorCode code) {
  if (code == ErrorCode::kUnspecified) return "OK";
  return AttributesOf(code).name;
}

std::vector<ErrorCode> AllErrorCodes() {
  std::vector<ErrorCode> codes;
  for (const ErrorAttributes& row : kTable) codes.push_back(row.code);
  return codes;
}

bool IsRetriable(ErrorCode code) {
  if (code == ErrorCode::kUnspecified) return false;
  return AttributesOf(code).retry != RetryClass::kNever;
}

}  // namespace barnabas
