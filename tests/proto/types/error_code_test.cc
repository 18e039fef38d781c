#include "proto/types/error_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "barnabas/v1/error.pb.h"

namespace barnabas {
namespace {

constexpr std::string_view kPrefix = "ERROR_CODE_";

TEST(ErrorCodeTest, TheTableIsErrorProto) {
  const google::protobuf::EnumDescriptor* list = v1::ErrorCode_descriptor();
  std::set<int> listed;
  for (int i = 0; i < list->value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor* value = list->value(i);
    SCOPED_TRACE(value->name());
    if (value->number() == 0) continue;
    listed.insert(value->number());
    const ErrorCode code = static_cast<ErrorCode>(value->number());
    const ErrorAttributes& row = AttributesOf(code);
    ASSERT_EQ(row.code, code) << "missing in error_code.cc";
    EXPECT_EQ(std::string(kPrefix) + std::string(row.name), value->name());
    EXPECT_EQ(NameOf(code), row.name);
    ASSERT_TRUE(value->options().HasExtension(v1::attributes));
    const v1::ErrorAttributes& attributes =
        value->options().GetExtension(v1::attributes);
    EXPECT_EQ(static_cast<int>(row.status),
              static_cast<int>(attributes.status()));
    EXPECT_EQ(static_cast<int>(row.scope), attributes.scope());
    EXPECT_EQ(static_cast<int>(row.retry), attributes.retry());
    EXPECT_NE(attributes.status(), google::rpc::OK);
    EXPECT_NE(attributes.scope(), v1::SCOPE_UNSPECIFIED);
    EXPECT_NE(attributes.retry(), v1::RETRY_CLASS_UNSPECIFIED);
  }
  for (ErrorCode code : AllErrorCodes()) {
    EXPECT_EQ(listed.count(static_cast<int>(code)), 1u)
        << NameOf(code) << " is missing in error.proto";
  }
  EXPECT_EQ(AllErrorCodes().size(), listed.size());
}

TEST(ErrorCodeTest, CodesAreInOrderAndNamesDiffer) {
  std::set<std::string_view> names;
  int last = 0;
  for (ErrorCode code : AllErrorCodes()) {
    EXPECT_GT(static_cast<int>(code), last);
    last = static_cast<int>(code);
    EXPECT_TRUE(names.insert(NameOf(code)).second) << NameOf(code);
  }
}

TEST(ErrorCodeTest, UnknownNumbersAreInternal) {
  for (int number : {-1, 0, 2, 9, 999, 1 << 30}) {
    EXPECT_EQ(AttributesOf(static_cast<ErrorCode>(number)).code,
              ErrorCode::kInternal)
        << number;
  }
}

TEST(ErrorCodeTest, OnlyCodesThatSaySoAreRetriable) {
  EXPECT_FALSE(IsRetriable(ErrorCode::kUnspecified));
  EXPECT_FALSE(IsRetriable(ErrorCode::kInternal));
  EXPECT_FALSE(IsRetriable(ErrorCode::kBatchTooLarge));
  EXPECT_TRUE(IsRetriable(ErrorCode::kNotLeader));
  EXPECT_TRUE(IsRetriable(ErrorCode::kCorruptRecord));
  EXPECT_TRUE(IsRetriable(ErrorCode::kOutOfOrderSequence));
  for (ErrorCode code : AllErrorCodes()) {
    EXPECT_EQ(IsRetriable(code),
              AttributesOf(code).retry != RetryClass::kNever);
  }
}

TEST(ErrorCodeTest, NoErrorIsNamedOk) {
  EXPECT_EQ(NameOf(ErrorCode::kUnspecified), "OK");
}

TEST(ErrorCodeTest, ScopesAndRetryClassesHaveTheNumbersOfTheProto) {
  EXPECT_EQ(static_cast<int>(ErrorScope::kRecord), v1::SCOPE_RECORD);
  EXPECT_EQ(static_cast<int>(ErrorScope::kBatch), v1::SCOPE_BATCH);
  EXPECT_EQ(static_cast<int>(ErrorScope::kPartition), v1::SCOPE_PARTITION);
  EXPECT_EQ(static_cast<int>(ErrorScope::kStream), v1::SCOPE_STREAM);
  EXPECT_EQ(static_cast<int>(ErrorScope::kCall), v1::SCOPE_CALL);
  EXPECT_EQ(static_cast<int>(ErrorScope::kNode), v1::SCOPE_NODE);
  EXPECT_EQ(static_cast<int>(RetryClass::kNever), v1::RETRY_CLASS_NEVER);
  EXPECT_EQ(static_cast<int>(RetryClass::kSamePlace),
            v1::RETRY_CLASS_SAME_PLACE);
  EXPECT_EQ(static_cast<int>(RetryClass::kAfterRefresh),
            v1::RETRY_CLASS_AFTER_REFRESH);
  EXPECT_EQ(static_cast<int>(RetryClass::kAfterDelay),
            v1::RETRY_CLASS_AFTER_DELAY);
  EXPECT_EQ(static_cast<int>(RetryClass::kAfterReinit),
            v1::RETRY_CLASS_AFTER_REINIT);
}

}  // namespace
}  // namespace barnabas
