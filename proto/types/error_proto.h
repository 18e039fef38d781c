// absl::Status to and from barnabas.v1.Error, the form that errors travel in.
//
// Empty case: OK becomes an Error with code UNSPECIFIED, and back.
// Round trip: FromProto(ToProto(s)) keeps code, message, hint and detail.
// Thread: pure functions. Errors: an unknown code number becomes kInternal.
#ifndef BARNABAS_PROTO_TYPES_ERROR_PROTO_H_
#define BARNABAS_PROTO_TYPES_ERROR_PROTO_H_

#include "absl/status/status.h"
#include "barnabas/v1/error.pb.h"

namespace barnabas {

v1::Error ToProto(const absl::Status& status);
absl::Status FromProto(const v1::Error& error);

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_ERROR_PROTO_H_
