#!/usr/bin/env bash
# Runs a test that is written in Python: run_python.sh FILE ARGUMENTS.
set -euo pipefail
exec python3 "$@"
