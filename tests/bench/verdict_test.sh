#!/usr/bin/env bash
# The verdicts and the table of compare, on made-up figures.
set -euo pipefail
exec python3 -B "$1" "$(dirname "$2")"
