#!/usr/bin/env bash
# The tests are tested: each bug of the museum must be noticed.
#   museum_test.sh MUSEUM.PY PROGRAM…
set -euo pipefail
exec python3 -B "$@"
