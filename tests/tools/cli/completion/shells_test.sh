#!/usr/bin/env bash
# What shells make of the completion scripts; see shells_test.py.
set -euo pipefail
exec python3 "$@"
