// Nearest: the known word that was probably meant.
//
// What: edit distance over a list of words. Units: none.
// Empty case: no words, or none near enough: "".
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_FRAME_NEAREST_H_
#define BARNABAS_TOOLS_CLI_FRAME_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace barnabas::cli {

// The word of `known` nearest to `word`, if at most a third of it (and at
// least one letter) is wrong; the first of equals. A word that begins with
// `word` counts as near.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& known);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_NEAREST_H_
