// Runs the crash campaign and the model test until one of them notices
// something, and says in one line what was noticed: linked with a broken
// source, this is a bug of the museum.
//
// Prints "noticed NAME PART IMAGES SEED" or "nothing IMAGES"; a CHECK of the
// storage itself ends the program earlier, which also counts as noticed.

#include <glog/logging.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "tests/storage/crash/campaign.h"
#include "tests/storage/crash/tally.h"

namespace {

// Part names as one word.
std::string OneWord(std::string_view text) {
  std::string word(text);
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

}  // namespace

int main() {
  using barnabas::crash::Failure;
  FLAGS_minloglevel = google::GLOG_FATAL;
  barnabas::crash::Tally tally;
  for (const barnabas::crash::Part& part : barnabas::crash::Parts()) {
    const std::optional<Failure> failure =
        part.run(barnabas::crash::Scale{}, &tally);
    if (!failure.has_value()) continue;
    std::printf(
        "noticed %s %s %lld %llu\n", failure->violation.invariant.c_str(),
        OneWord(part.name).c_str(), static_cast<long long>(tally.total()),
        static_cast<unsigned long long>(failure->seed));
    std::fprintf(stderr, "%s\n", failure->ToString().c_str());
    return 0;
  }
  std::printf("nothing %lld\n", static_cast<long long>(tally.total()));
  return 0;
}
