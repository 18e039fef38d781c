#!/usr/bin/env bash
# Every C++ source is laid out as .clang-format says.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
need clang-format-14

cd "$TREE"
ours '*.h' '*.cc' |
  xargs -0 -r -n 25 -P 2 clang-format-14 --dry-run -Werror \
    --ferror-limit=3 || {
  echo "Lay them out with: clang-format-14 -i FILE…" >&2
  exit 1
}
