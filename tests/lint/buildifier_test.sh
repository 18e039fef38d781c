#!/usr/bin/env bash
# Bazel files are formatted and lint-free. Some rules are about newer Bazels: the
# native rules are the only ones here.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
need "$NPM/buildifier"

cd "$TREE"
ours BUILD BUILD.bazel WORKSPACE '*.bzl' |
  xargs -0 -r "$NPM/buildifier" -mode=check -lint=warn \
    -warnings=-native-sh-test,-native-sh-binary,-native-sh-library,-native-cc-library,-native-cc-binary,-native-cc-test,-native-cc-common,-native-cc-info -v || {
  echo "Format them with: $NPM/buildifier FILE…" >&2
  exit 1
}
