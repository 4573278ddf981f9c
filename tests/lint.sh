#!/bin/sh
# Format, then clang-tidy (.clang-tidy) and cppcheck: over every source the first time, then over what changed, or
# includes what changed, since it was clean.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
clang-format --dry-run --Werror $(git ls-files '*.c' '*.h') || bad=1
cmake --preset lint >/dev/null || exit 1
cmake --build --preset lint -- -k 0 || bad=1
exit $bad
