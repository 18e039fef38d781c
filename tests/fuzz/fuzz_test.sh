#!/usr/bin/env bash
# Runs one fuzz target on its inputs, or from them on for FUZZ_SECONDS.
#   fuzz_test.sh PROGRAM NAME replay|fuzz
set -euo pipefail
program=$1 name=$2 mode=$3
inputs=()
for folder in tests/fuzz/corpus/$name tests/fuzz/regressions/$name; do
  [ ! -d "$folder" ] || inputs+=("$folder")
done
if [ "$mode" = replay ]; then
  exec "$program" "${inputs[@]}"
fi
found=${TEST_UNDECLARED_OUTPUTS_DIR:?}
mkdir -p "$TEST_TMPDIR/new"
# First what broke something once, then on from the corpus.
"$program" "${inputs[@]}" -runs=0 -timeout=10 -rss_limit_mb=1024
exec "$program" "$TEST_TMPDIR/new" "${inputs[@]}" \
  -max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=1024 \
  -print_final_stats=1 -artifact_prefix="$found/"
