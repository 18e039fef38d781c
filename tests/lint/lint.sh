# What the lint tests share; to be sourced. They look at files that are no
# inputs of the build, so they run outside the sandbox, in the workspace that
# this file really lies in.

TREE=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
NPM=$HOME/.cache/barnabas/npm/node_modules/.bin

# need PROGRAM: fails, and says what to do, when it is not there. A lint that
# is skipped in silence is none.
need() {
  command -v "$1" > /dev/null || {
    echo "$1 is missing; run tools/setup --tests" >&2
    exit 1
  }
}

# ours PATTERN…: files of the project that match, zero-terminated.
ours() {
  local name expression=()
  for name in "$@"; do
    expression+=(-o -name "$name")
  done
  (cd "$TREE" && find . -path './.git' -prune -o -path './out' -prune \
    -o -path './bazel-*' -prune -o -name node_modules -prune \
    -o -path './proto/google' -prune -o -path './proto/grpc' -prune \
    -o -type f '(' "${expression[@]:1}" ')' -print0 | sort -z)
}
