#!/usr/bin/env bash
# Three real brokers; see brokers_test.py.
set -euo pipefail
exec python3 "$@"
