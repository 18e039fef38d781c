#include "tools/cli/frame/error_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/error.pb.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/text.h"
#include "tools/cli/output/document.h"
#include "tools/cli/output/terminal.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

bool HasOwnCode(const absl::Status& status) {
  return status.GetPayload("type.googleapis.com/barnabas.v1.Error").has_value();
}

std::string OneLine(absl::string_view text) { return Visible(AsStd(text)); }

// What helps when no server had a say.
std::string HintFor(const absl::Status& status) {
  std::string hint = HintOf(status);
  if (!hint.empty()) return hint;
  if (status.code() == absl::StatusCode::kUnavailable) {
    return "barnabas dev start, or -b HOST:PORT of a running node";
  }
  return hint;
}

}  // namespace

std::string ReasonOf(const absl::Status& status) {
  if (HasOwnCode(status)) return std::string(NameOf(CodeOf(status)));
  return absl::StatusCodeToString(status.code());
}

std::string ErrorText(const absl::Status& status, const std::string& request_id,
                      bool colour) {
  if (status.ok()) return "";
  std::string out = absl::StrCat(Painted("error:", Colour::kRed, colour), " ",
                                 OneLine(status.message()), "\n",
                                 "reason: ", ReasonOf(status), "\n");
  const std::string hint = HintFor(status);
  if (!hint.empty()) absl::StrAppend(&out, "try: ", OneLine(hint), "\n");
  if (!request_id.empty()) {
    absl::StrAppend(&out, "request id: ", request_id, "\n");
  }
  return out;
}

std::string ErrorJson(const absl::Status& status,
                      const std::string& request_id) {
  if (status.ok()) return "";
  Tree metadata = Tree::Object();
  if (!request_id.empty()) metadata.Add("requestId", Tree::Text(request_id));
  Tree reason = Tree::Object();
  reason.Add("@type", Tree::Text("type.googleapis.com/google.rpc.ErrorInfo"))
      .Add("reason", Tree::Text(ReasonOf(status)))
      .Add("domain", Tree::Text("barnabas"))
      .Add("metadata", std::move(metadata));
  v1::Error error = ToProto(status);
  if (error.hint().empty()) error.set_hint(HintFor(status));
  Tree own = Tree::Object();
  own.Add("@type", Tree::Text("type.googleapis.com/barnabas.v1.Error"));
  const Tree fields = TreeOf(error);
  for (size_t i = 0; i < fields.keys.size(); ++i) {
    own.Add(fields.keys[i], fields.items[i]);
  }
  Tree details = Tree::List();
  details.items = {std::move(reason), std::move(own)};
  Tree tree = Tree::Object();
  tree.Add("code", Tree::Number(static_cast<int>(status.code())))
      .Add("message", Tree::Text(AsStd(status.message())))
      .Add("details", std::move(details));
  return absl::StrCat(ToJson(tree, false), "\n");
}

}  // namespace barnabas::cli
