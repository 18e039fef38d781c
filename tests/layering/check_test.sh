#!/usr/bin/env bash
# The check itself, on small graphs.
#   check_test.sh CHECK-TEST TIDY
set -euo pipefail
exec python3 -B "$1" "$(dirname "$2")"
