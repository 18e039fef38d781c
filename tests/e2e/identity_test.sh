#!/usr/bin/env bash
# Who must not start does not; see identity_test.py.
set -euo pipefail
exec python3 "$@"
