// crash_images [--seeds N] [--first-seed S] [--images PER-OPERATION]
//              [--steps N] [--fault-stride N] [--flip-stride N]
//              [--part NAME] [--until-images N]
//
// Runs every part of the campaign and prints what was tried, by kind and by
// invariant; ends with 1 and the failure when an invariant does not hold.
// With --until-images it goes on with further seeds until so many images were
// looked at.

#include <glog/logging.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/storage/crash/campaign.h"

namespace barnabas::crash {
namespace {

struct Wish {
  Scale scale;
  std::string_view part;
  int64_t images = 0;
};

bool TakeNumber(std::string_view text, int64_t* number) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() &&
         *number >= 0;
}

bool TakeFlag(std::string_view flag, std::string_view value, Wish* wish) {
  if (flag == "--part") {
    wish->part = value;
    return true;
  }
  int64_t number = 0;
  if (!TakeNumber(value, &number)) return false;
  if (flag == "--seeds") {
    wish->scale.seeds = static_cast<uint64_t>(number);
  } else if (flag == "--first-seed") {
    wish->scale.first_seed = static_cast<uint64_t>(number);
  } else if (flag == "--images") {
    wish->scale.images = static_cast<size_t>(number);
  } else if (flag == "--steps") {
    wish->scale.steps = static_cast<int>(number);
  } else if (flag == "--fault-stride" && number > 0) {
    wish->scale.fault_stride = static_cast<int>(number);
  } else if (flag == "--flip-stride" && number > 0) {
    wish->scale.flip_stride = number;
  } else if (flag == "--until-images") {
    wish->images = number;
  } else {
    return false;
  }
  return true;
}

int RunParts(Wish wish) {
  Tally tally;
  do {
    for (const Part& part : Parts()) {
      if (!wish.part.empty() && part.name != wish.part) continue;
      const int64_t before = tally.total();
      const auto failure = part.run(wish.scale, &tally);
      if (failure.has_value()) {
        std::printf("FAILED %s after %lld images\n  %s\n",
                    std::string(part.name).c_str(),
                    static_cast<long long>(tally.total()),
                    failure->ToString().c_str());
        return 1;
      }
      std::printf("%s: %lld images\n", std::string(part.name).c_str(),
                  static_cast<long long>(tally.total() - before));
      std::fflush(stdout);
    }
    wish.scale.first_seed += wish.scale.seeds + 1;
  } while (tally.total() < wish.images);
  std::printf("\n%s", tally.Table().c_str());
  return 0;
}

}  // namespace
}  // namespace barnabas::crash

int main(int argc, char** argv) {
  barnabas::crash::Wish wish;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc || !TakeFlag(argv[i], argv[i + 1], &wish)) {
      std::fprintf(stderr, "crash_images: what is meant by %s?\n", argv[i]);
      return 64;
    }
  }
  // Each cut and each failed log would be told.
  FLAGS_minloglevel = google::GLOG_FATAL;
  return RunParts(wish);
}
