#!/usr/bin/env bash
# Runs the tidy over the workspace that its source lies in.
set -euo pipefail
exec python3 -B "$(readlink -f "$1")"
