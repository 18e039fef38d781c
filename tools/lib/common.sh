# Shared by the commands in tools/; to be sourced by bash after `set -euo
# pipefail`. Sets ROOT (the workspace) and CACHE (what is kept between runs).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${HOME:?HOME is not set; set it to a folder you may write to}/.cache/barnabas

# say TEXT…: one line of progress, on stderr.
say() { printf '%s\n' "$*" >&2; }

# fail TEXT…: one clear sentence, and the end.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# on_terminal: whether a person watches.
on_terminal() { [ -t 2 ] && [ "${CI:-}" != true ]; }

# bazel_ COMMAND ARGS…: Bazel in the workspace, with progress that suits whoever
# reads it: a moving line for a person, a line every 15 seconds for a log.
bazel_() {
  local command=$1
  shift
  local progress=(--color=no --curses=no --show_progress_rate_limit=15)
  if on_terminal; then progress=(); fi
  (cd "$ROOT" && bazel "$command" ${progress[@]+"${progress[@]}"} "$@") \
    < /dev/null
}
