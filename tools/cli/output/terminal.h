// Terminal: what may be shown where, and how wide a text is on a screen.
//
// Units: columns. Empty case: an empty text is 0 wide.
// Thread: plain values; DisplayWidth reads the process's locale (main sets a
//   UTF-8 one). Errors: none; bytes that are not UTF-8 count one column each.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_TERMINAL_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_TERMINAL_H_

#include <string>
#include <string_view>

namespace barnabas::cli {

struct Terminal {
  bool out_is_tty = false;
  bool err_is_tty = false;
  bool in_is_tty = false;
  // Colour on stdout and stderr.
  bool out_colour = false;
  bool err_colour = false;
  bool progress = false;
  int columns = 80;
};

// Asks the three standard files and the environment (NO_COLOR, TERM).
Terminal AskTerminal();

// Columns that `text` takes.
int DisplayWidth(std::string_view text);

// The text with control bytes made visible ("\n" as "\\n"), for a table.
std::string Visible(std::string_view text);

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// The text in `colour` when `on`.
std::string Painted(std::string_view text, Colour colour, bool on);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_TERMINAL_H_
