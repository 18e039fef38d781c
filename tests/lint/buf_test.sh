#!/usr/bin/env bash
# The protos follow buf's standard rules; proto/buf.yaml has the exceptions.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
need "$NPM/buf"

# buf wants a cache folder even for a lint that fetches nothing.
cd "$TREE/proto"
BUF_CACHE_DIR=$TEST_TMPDIR "$NPM/buf" lint .
