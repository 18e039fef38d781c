#!/usr/bin/env bash
# Three real controllers; see quorum_test.py.
set -euo pipefail
exec python3 "$@"
