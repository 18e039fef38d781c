// ModelRun: the same operations on a log and on a list, compared.
//
// What: an operation is a letter and a number that all it draws comes from,
//   so that a sequence can be printed, repeated, and shortened without
//   changing what the others do:
//     a append   r repeat one of the last five   R repeat an older one
//     o leave a gap   z old producer epoch   q unknown producer
//     E old leader epoch   e next leader epoch   F append as a follower
//     l read   L read out of range   y find a time   p end of an epoch
//     f flush   t truncate   m move the start   b begin beyond the end
//     k retain   w close and open   x kill and open   c power cut and open
// Units: offsets, milliseconds. Empty case: no operations, nothing to compare.
// Thread: one test. Errors: Compare tells the first difference.
#ifndef BARNABAS_TESTS_STORAGE_MODEL_MODEL_RUN_H_
#define BARNABAS_TESTS_STORAGE_MODEL_MODEL_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace barnabas::model {

struct Operation {
  char what = 'a';
  uint64_t seed = 0;
};

std::vector<Operation> DrawOperations(uint64_t seed, int count);
std::string ToString(const std::vector<Operation>& operations);

// Runs them on a new log; what differs from the model, empty if nothing does.
std::string Compare(const std::vector<Operation>& operations);

// The shortest sequence that still differs, found by leaving operations out.
std::vector<Operation> Shrink(std::vector<Operation> operations);

}  // namespace barnabas::model

#endif  // BARNABAS_TESTS_STORAGE_MODEL_MODEL_RUN_H_
