#!/usr/bin/env bash
# The dependency graph that Bazel wrote, against the floors.
#   layering_test.sh CHECK GRAPH TIDY
set -euo pipefail
tidy=$(dirname "$(readlink -f "$3")")
exec python3 -B "$1" "$tidy" "$2" "$(dirname "$(dirname "$tidy")")"
