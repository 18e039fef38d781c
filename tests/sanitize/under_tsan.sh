#!/usr/bin/env bash
# Runs a test built with --config=tsan, with what ThreadSanitizer must be told
# of libraries that were built without it.
#   under_tsan.sh TEST [ARGUMENT…]
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
library=${TEST_SRCDIR:?}/${TEST_WORKSPACE:?}/tests/sanitize/libabsl_for_tsan.so
[ -e "$library" ] || library=$here/libabsl_for_tsan.so
suppressions=$(readlink -f "$(dirname "$library")/tsan_suppressions.txt")
export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 suppressions=$suppressions"
exec env LD_PRELOAD="$(readlink -f "$library")" "$@"
