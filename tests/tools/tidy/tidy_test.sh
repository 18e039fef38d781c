#!/usr/bin/env bash
# Runs the tidy's own test against the tidy in the runfiles.
set -euo pipefail
exec python3 -B "$1" "$(dirname "$2")" -v
