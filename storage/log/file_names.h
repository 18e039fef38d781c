// Names of the files of a partition's directory.
//
// What: "<20 digits of an offset><suffix>" to and from offsets.
// Units: offsets, not negative. Empty case: none.
// Thread: pure functions. Errors: ParseFileName gives nullopt for every text
//   that FileName would not make.
#ifndef BARNABAS_STORAGE_LOG_FILE_NAMES_H_
#define BARNABAS_STORAGE_LOG_FILE_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "proto/types/offsets.h"

namespace barnabas::log {

// "00000000000000000042.log" for 42 and ".log"; `state` (".swap", ".deleted")
// follows it.
std::string FileName(Offset offset, std::string_view suffix,
                     std::string_view state = "");

// The offset in `name` if it is an offset's digits and exactly `suffix`.
std::optional<Offset> ParseFileName(std::string_view name,
                                    std::string_view suffix);

// "directory/name".
std::string JoinPath(std::string_view directory, std::string_view name);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_FILE_NAMES_H_
