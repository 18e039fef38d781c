// ParseJson of tree.h.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

constexpr int kNestingMax = 100;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  absl::Status Whole(Tree* tree) {
    RETURN_IF_ERROR(Value(0, tree));
    Space();
    return at_ == text_.size() ? absl::OkStatus() : Wrong("the end");
  }

 private:
  absl::Status Wrong(const char* wanted) const {
    return MakeError(
        ErrorCode::kInvalidRequest,
        absl::StrCat("not JSON: ", wanted, " expected at byte ", at_));
  }

  void Space() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  char Peek() {
    Space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  absl::Status Value(int level, Tree* tree) {
    if (level > kNestingMax) return Wrong("less nesting");
    const char c = Peek();
    if (c == '{' || c == '[') return Block(level, c == '{', tree);
    if (c == '"') {
      tree->kind = Tree::Kind::kText;
      return Text(&tree->text);
    }
    if (TakeWord("null")) return absl::OkStatus();
    if (TakeWord("true") || TakeWord("false")) {
      *tree = Tree::Bool(c == 't');
      return absl::OkStatus();
    }
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (absl::ascii_isdigit(text_[at_]) ||
            std::string_view("+-.eE").find(text_[at_]) != std::string::npos)) {
      ++at_;
    }
    double number = 0;
    tree->kind = Tree::Kind::kNumber;
    tree->text = std::string(text_.substr(begin, at_ - begin));
    return absl::SimpleAtod(tree->text, &number) ? absl::OkStatus()
                                                 : Wrong("a value");
  }

  absl::Status Block(int level, bool object, Tree* tree) {
    *tree = object ? Tree::Object() : Tree::List();
    const char end = object ? '}' : ']';
    ++at_;
    if (Take(end)) return absl::OkStatus();
    do {
      if (object) {
        if (Peek() != '"') return Wrong("a name");
        tree->keys.emplace_back();
        RETURN_IF_ERROR(Text(&tree->keys.back()));
        if (!Take(':')) return Wrong("a colon");
      }
      tree->items.emplace_back();
      RETURN_IF_ERROR(Value(level + 1, &tree->items.back()));
    } while (Take(','));
    return Take(end) ? absl::OkStatus() : Wrong("a comma or the end");
  }

  absl::Status Text(std::string* out) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] != '\\') {
        out->push_back(text_[at_++]);
        continue;
      }
      RETURN_IF_ERROR(Escape(out));
    }
    if (at_ >= text_.size()) return Wrong("a quote");
    ++at_;
    return absl::OkStatus();
  }

  absl::Status Escape(std::string* out) {
    ++at_;
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    ++at_;
    const std::string_view names = "bfnrt\"\\/";
    const std::string_view bytes = "\b\f\n\r\t\"\\/";
    const size_t known = names.find(c);
    if (c != '\0' && known != std::string::npos) {
      out->push_back(bytes[known]);
      return absl::OkStatus();
    }
    uint32_t code = 0;
    if (c != 'u' || !Hex(&code)) return Wrong("an escape");
    if (code >= 0xd800 && code < 0xdc00) {
      uint32_t low = 0;
      if (!TakeWord("\\u") || !Hex(&low) || low < 0xdc00 || low > 0xdfff) {
        return Wrong("the other half of a surrogate");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    AppendUtf8(code, out);
    return absl::OkStatus();
  }

  bool Hex(uint32_t* code) {
    const std::string digits(text_.substr(at_, 4));
    at_ += digits.size();
    return digits.size() == 4 && absl::SimpleHexAtoi(digits, code);
  }

  static void AppendUtf8(uint32_t code, std::string* out) {
    const auto put = [out](uint32_t byte) {
      out->push_back(static_cast<char>(byte));
    };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | code >> 6);
      put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      put(0xe0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<Tree> ParseJson(std::string_view text) {
  Tree tree;
  RETURN_IF_ERROR(Reader(text).Whole(&tree));
  return tree;
}

}  // namespace barnabas::cli
