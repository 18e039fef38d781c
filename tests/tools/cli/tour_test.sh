#!/usr/bin/env bash
# The tour of tour.txt; see tour.py.
set -euo pipefail
exec python3 "$@"
