// Completer: what may come next on a half-typed command line.
//
// What: walks the command tree along the words and offers commands, flags,
//   values and names; whoever knows names of the cluster gives them.
// Place: behind the hidden command __complete, which the scripts of
//   `barnabas completion` call at each Tab.
// Units: none. Empty case: no words are completed as one empty word.
// Thread: one at a time.
// Errors: none: what is not known is not offered.
// Always true: every value offered begins with the last word.
#ifndef BARNABAS_TOOLS_CLI_COMPLETION_COMPLETER_H_
#define BARNABAS_TOOLS_CLI_COMPLETION_COMPLETER_H_

#include <string>
#include <vector>

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

struct Offer {
  std::string value = {};
  // One line; may be empty.
  std::string help = {};

  bool operator==(const Offer&) const = default;
};

// What the shell is told beside the values; the numbers are cobra's.
enum Directive : int {
  kFiles = 0,
  // No blank behind the value.
  kNoSpace = 2,
  kNoFiles = 4,
};

struct Offers {
  std::vector<Offer> values;
  int directive = kNoFiles;
};

// Names that only others know; each may answer nothing.
class NameSource {
 public:
  virtual ~NameSource() = default;
  // Those that begin with `prefix`.
  virtual std::vector<Offer> Topics(const std::string& prefix) = 0;
  virtual std::vector<Offer> Brokers() = 0;
  virtual std::vector<Offer> Contexts() = 0;
  // Keys that may be set at "cluster", "broker/ID" or "topic/NAME"; of topics
  // in general for "topic".
  virtual std::vector<Offer> Keys(const std::string& scope) = 0;
  virtual std::vector<Offer> Methods() = 0;
};

// The last of `words` is the one being typed. The setters of global flags on
// the way are called, so that names come from the cluster that is meant.
Offers CompleteWords(const Command& root, const std::vector<Flag>& globals,
                     const std::vector<std::string>& words, NameSource* names);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_COMPLETION_COMPLETER_H_
