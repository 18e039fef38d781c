#!/usr/bin/env bash
# Runs a test built with --config=tsan, with what ThreadSanitizer must be told
# of libraries that were built without it.
#   under_tsan.sh TEST [ARGUMENT…]
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
library=${TEST_SRCDIR:?}/${TEST_WORKSPACE:?}/tests/sanitize/libabsl_for_tsan.so
[ -e "$library" ] || library=$here/libabsl_for_tsan.so
told=$(readlink -f "$(dirname "$library")/tsan_suppressions.txt")
# Each library by its whole name: a word that two of them bear is refused.
suppressions=$(mktemp "${TEST_TMPDIR:-/tmp}/tsan.XXXXXX")
{
  cat "$told"
  ldd "$1" |
    sed -nE 's,.*/(lib(absl_|grpc|gpr|protobuf|glog)[^/ ]*\.so).*,called_from_lib:\1,p' |
    sort -u
} > "$suppressions"
export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 suppressions=$suppressions"
exec env LD_PRELOAD="$(readlink -f "$library")" "$@"
