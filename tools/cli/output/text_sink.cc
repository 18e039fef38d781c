#include "tools/cli/output/text_sink.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::cli {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;

class DescriptorSink final : public TextSink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  ~DescriptorSink() override { Flush().IgnoreError(); }

  void Write(std::string_view text) override {
    buffer_.append(text);
    if (buffer_.size() >= kBufferBytes) Drain();
  }

  absl::Status Flush() override {
    Drain();
    return status_;
  }

 private:
  void Drain() {
    size_t done = 0;
    while (done < buffer_.size() && status_.ok()) {
      const ssize_t wrote =
          ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
      if (wrote >= 0) {
        done += static_cast<size_t>(wrote);
      } else if (errno == EPIPE) {
        std::_Exit(0);
      } else if (errno != EINTR) {
        status_ = MakeError(
            ErrorCode::kStorageError,
            absl::StrCat("writing the output failed: ", std::strerror(errno)));
      }
    }
    buffer_.clear();
  }

  const int descriptor_;
  std::string buffer_;
  absl::Status status_;
};

}  // namespace

std::unique_ptr<TextSink> SinkTo(int descriptor) {
  return std::make_unique<DescriptorSink>(descriptor);
}

}  // namespace barnabas::cli
