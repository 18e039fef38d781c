// The known name that a person probably meant.
//
// What: smallest edit distance (insert, drop, change, swap neighbours), case
//   ignored; ties go to the first candidate.
// Units: distance in characters; at most a third of the longer text counts as
//   near.
// Empty case: empty if nothing is near.
// Thread: pure function. Errors: none. Cost: O(name · all candidates).
#ifndef BARNABAS_METADATA_CONFIG_NEAREST_H_
#define BARNABAS_METADATA_CONFIG_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace barnabas::config {

std::string NearestName(std::string_view name,
                        const std::vector<std::string>& candidates);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_NEAREST_H_
