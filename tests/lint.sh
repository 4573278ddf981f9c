#!/bin/sh
# Format, clang-tidy and cppcheck over our own sources; needs build/dev/compile_commands.json.
set -u
cd "$(dirname "$0")/.." || exit 1
sources=$(git ls-files '*.c' | grep -v '^tests/')
bad=0
clang-format --dry-run --Werror $(git ls-files '*.c' '*.h') || bad=1
clang-tidy -p build/dev --quiet --warnings-as-errors='*' \
    --checks='-*,bugprone-*,clang-analyzer-*,performance-*,portability-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling' \
    $sources || bad=1
cppcheck --quiet --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --std=c11 -I . $sources || bad=1
exit $bad
