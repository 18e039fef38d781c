#include "tools/cli/output/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cwchar>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/text.h"

namespace barnabas::cli {
namespace {

const char* CodeOf(Colour colour) {
  switch (colour) {
    case Colour::kNone:
      return "0";
    case Colour::kBold:
      return "1";
    case Colour::kDim:
      return "2";
    case Colour::kRed:
      return "31";
    case Colour::kGreen:
      return "32";
    case Colour::kYellow:
      return "33";
    case Colour::kCyan:
      return "36";
  }
  return "0";
}

}  // namespace

Terminal AskTerminal() {
  Terminal terminal;
  terminal.out_is_tty = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_tty = isatty(STDERR_FILENO) == 1;
  terminal.in_is_tty = isatty(STDIN_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool colour = (no_colour == nullptr || *no_colour == '\0') &&
                      term != nullptr && std::string_view(term) != "dumb";
  terminal.out_colour = colour && terminal.out_is_tty;
  terminal.err_colour = colour && terminal.err_is_tty;
  terminal.progress = terminal.err_is_tty;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  std::mbstate_t state{};
  size_t at = 0;
  while (at < text.size()) {
    wchar_t wide = 0;
    const size_t used =
        std::mbrtowc(&wide, text.data() + at, text.size() - at, &state);
    if (used == 0 || used > text.size()) {
      state = {};
      ++at;
      ++width;
      continue;
    }
    width += std::max(0, wcwidth(wide));
    at += used;
  }
  return width;
}

std::string Visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string Painted(std::string_view text, Colour colour, bool on) {
  if (!on || colour == Colour::kNone) return std::string(text);
  return absl::StrCat("\033[", CodeOf(colour), "m", AsAbsl(text), "\033[0m");
}

}  // namespace barnabas::cli
