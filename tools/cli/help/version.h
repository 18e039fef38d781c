// The version of this build.
//
// Units: none. Empty case: "dev" when the build names no revision.
// Thread: constants. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_HELP_VERSION_H_
#define BARNABAS_TOOLS_CLI_HELP_VERSION_H_

namespace barnabas::cli {

inline constexpr char kVersion[] = "0.1.0";
#ifdef BARNABAS_REVISION
inline constexpr char kRevision[] = BARNABAS_REVISION;
#else
inline constexpr char kRevision[] = "dev";
#endif

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_HELP_VERSION_H_
