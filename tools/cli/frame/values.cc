#include "tools/cli/frame/values.h"

#include <cmath>
#include <cstddef>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"

namespace barnabas::cli {
namespace {

constexpr size_t kListMax = 100'000;

struct UnitName {
  absl::string_view name;
  double factor;
};

constexpr UnitName kTimes[] = {
    {"ms", 1e-3}, {"us", 1e-6}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400},
};

constexpr double kKi = 1024;
constexpr UnitName kSizes[] = {
    {"", 1},
    {"b", 1},
    {"k", 1e3},
    {"kb", 1e3},
    {"m", 1e6},
    {"mb", 1e6},
    {"g", 1e9},
    {"gb", 1e9},
    {"t", 1e12},
    {"tb", 1e12},
    {"ki", kKi},
    {"kib", kKi},
    {"mi", kKi* kKi},
    {"mib", kKi* kKi},
    {"gi", kKi* kKi* kKi},
    {"gib", kKi* kKi* kKi},
    {"ti", kKi* kKi* kKi* kKi},
    {"tib", kKi* kKi* kKi* kKi},
};

// Splits "1.5ms" into 1.5 and "ms"; false when there is no number.
bool SplitNumber(const std::string& text, double* number, std::string* unit) {
  size_t end = 0;
  while (end < text.size() &&
         (absl::ascii_isdigit(text[end]) || text[end] == '.' ||
          (end == 0 && text[0] == '-'))) {
    ++end;
  }
  *unit = absl::AsciiStrToLower(text.substr(end));
  return absl::SimpleAtod(text.substr(0, end), number);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "\xNN" at `at` (of the x) stands for, or -1.
int HexByte(std::string_view text, size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

absl::StatusOr<int64_t> ParseInteger(const std::string& text, int64_t min,
                                     int64_t max) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    return UsageError(absl::StrCat("\"", text, "\" is not a whole number"));
  }
  if (number < min || number > max) {
    return UsageError(
        max == std::numeric_limits<int64_t>::max()
            ? absl::StrCat(number, " is below ", min)
            : absl::StrCat(number, " is not between ", min, " and ", max));
  }
  return number;
}

absl::StatusOr<absl::Duration> ParseDuration(const std::string& text) {
  double number = 0;
  std::string unit;
  if (SplitNumber(text, &number, &unit) && number >= 0) {
    if (unit.empty()) return absl::Seconds(number);
    for (const UnitName& known : kTimes) {
      if (unit == known.name) return absl::Seconds(number * known.factor);
    }
  }
  return UsageError(absl::StrCat("\"", text, "\" is not a duration"),
                    "a number with ms, s, m, h or d: 500ms, 10s, 1.5m");
}

absl::StatusOr<int64_t> ParseSize(const std::string& text) {
  double number = 0;
  std::string unit;
  if (SplitNumber(text, &number, &unit) && number >= 0) {
    for (const UnitName& known : kSizes) {
      const double bytes = number * known.factor;
      if (unit == known.name && bytes < 9e18) {
        return static_cast<int64_t>(std::llround(bytes));
      }
    }
  }
  return UsageError(absl::StrCat("\"", text, "\" is not a size"),
                    "a number of bytes, or with KiB, MiB, GiB, kB, MB, GB");
}

absl::StatusOr<std::vector<int32_t>> ParseIntegerList(const std::string& text) {
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  std::vector<int32_t> list;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    const std::pair<std::string, std::string> ends =
        absl::StrSplit(part, absl::MaxSplits('-', 1));
    ASSIGN_OR_RETURN(const int64_t first, ParseInteger(ends.first, 0, kMax));
    int64_t last = first;
    if (absl::StrContains(part, "-")) {
      ASSIGN_OR_RETURN(last, ParseInteger(ends.second, first, kMax));
    }
    if (list.size() + static_cast<size_t>(last - first) >= kListMax) {
      return UsageError(absl::StrCat("\"", text, "\" names too many numbers"));
    }
    for (int64_t number = first; number <= last; ++number) {
      list.push_back(static_cast<int32_t>(number));
    }
  }
  return list;
}

absl::StatusOr<std::pair<std::string, std::string>> ParseKeyValue(
    const std::string& text) {
  const size_t at = text.find('=');
  if (at == std::string::npos || at == 0) {
    return UsageError(absl::StrCat("\"", text, "\" is not key=value"));
  }
  return std::make_pair(text.substr(0, at), text.substr(at + 1));
}

absl::StatusOr<std::string> Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    ++i;
    const char next = i < text.size() ? text[i] : '\0';
    if (next == 'n') {
      out.push_back('\n');
    } else if (next == 't') {
      out.push_back('\t');
    } else if (next == 'r') {
      out.push_back('\r');
    } else if (next == '0') {
      out.push_back('\0');
    } else if (next == '\\' || next == '"') {
      out.push_back(next);
    } else if (next == 'x' && HexByte(text, i) >= 0) {
      out.push_back(static_cast<char>(HexByte(text, i)));
      i += 2;
    } else {
      return UsageError(
          absl::StrCat("\"", AsAbsl(text), "\" has an unknown escape"),
          "\\n \\t \\r \\0 \\\\ \\\" \\xNN");
    }
  }
  return out;
}

Setter SetSwitch(bool* target) {
  return [target](const std::string&) {
    *target = true;
    return absl::OkStatus();
  };
}

Setter SetText(std::string* target) {
  return [target](const std::string& text) {
    *target = text;
    return absl::OkStatus();
  };
}

Setter SetText(std::optional<std::string>* target) {
  return [target](const std::string& text) {
    *target = text;
    return absl::OkStatus();
  };
}

Setter AddText(std::vector<std::string>* target) {
  return [target](const std::string& text) {
    target->push_back(text);
    return absl::OkStatus();
  };
}

Setter SetInteger(std::optional<int64_t>* target, int64_t min, int64_t max) {
  return [=](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(*target, ParseInteger(text, min, max));
    return absl::OkStatus();
  };
}

Setter SetInteger(std::optional<int32_t>* target, int32_t min, int32_t max) {
  return [=](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t number, ParseInteger(text, min, max));
    *target = static_cast<int32_t>(number);
    return absl::OkStatus();
  };
}

Setter SetInteger(int64_t* target, int64_t min, int64_t max) {
  return [=](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(*target, ParseInteger(text, min, max));
    return absl::OkStatus();
  };
}

Setter SetDuration(absl::Duration* target) {
  return [target](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(*target, ParseDuration(text));
    return absl::OkStatus();
  };
}

Setter SetDuration(std::optional<absl::Duration>* target) {
  return [target](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(*target, ParseDuration(text));
    return absl::OkStatus();
  };
}

Setter SetSize(int64_t* target, int64_t min, int64_t max) {
  return [=](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t bytes, ParseSize(text));
    if (bytes < min || bytes > max) {
      return UsageError(absl::StrCat("\"", text, "\" is not between ", min,
                                     " and ", max, " bytes"));
    }
    *target = bytes;
    return absl::OkStatus();
  };
}

Setter AddIntegers(std::vector<int32_t>* target) {
  return [target](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<int32_t> list, ParseIntegerList(text));
    target->insert(target->end(), list.begin(), list.end());
    return absl::OkStatus();
  };
}

Setter AddKeyValue(std::vector<std::pair<std::string, std::string>>* target) {
  return [target](const std::string& text) -> absl::Status {
    ASSIGN_OR_RETURN(auto pair, ParseKeyValue(text));
    target->push_back(std::move(pair));
    return absl::OkStatus();
  };
}

Setter SetRate(double* target) {
  return [target](const std::string& text) -> absl::Status {
    if (text == "max" || text == "-1") {
      *target = 0;
      return absl::OkStatus();
    }
    const std::string number =
        text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
    absl::StatusOr<int64_t> rate = ParseSize(number);
    if (!rate.ok() || *rate <= 0) {
      return UsageError(absl::StrCat("\"", text, "\" is not a rate"),
                        "records a second: 1000, 5k/s, max");
    }
    *target = static_cast<double>(*rate);
    return absl::OkStatus();
  };
}

Setter SetChoice(std::string* target, std::vector<std::string> choices) {
  return [target, choices](const std::string& text) -> absl::Status {
    for (const std::string& choice : choices) {
      if (text == choice) {
        *target = text;
        return absl::OkStatus();
      }
    }
    const std::string near = Nearest(text, choices);
    return UsageError(
        absl::StrCat("\"", text, "\" is none of ",
                     absl::StrJoin(choices, ", ")),
        near.empty() ? "" : absl::StrCat("did you mean ", near, "?"));
  };
}

}  // namespace barnabas::cli
