// Version: which Barnabas this is.
//
// What: the release and, when the build was told, the source revision.
// Units: none. Empty case: revision "dev".
// Thread: constants. Errors: none.
#ifndef BARNABAS_PROTO_TYPES_VERSION_H_
#define BARNABAS_PROTO_TYPES_VERSION_H_

namespace barnabas {

inline constexpr char kVersion[] = "0.1.0";
#ifdef BARNABAS_REVISION
inline constexpr char kRevision[] = BARNABAS_REVISION;
#else
inline constexpr char kRevision[] = "dev";
#endif

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_VERSION_H_
