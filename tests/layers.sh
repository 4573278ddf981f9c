#!/bin/sh
# Each part as a shared library that must resolve its own calls, each header compiled alone.
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if cmake --preset layers >"$log" 2>&1 && cmake --build --preset layers --parallel >"$log" 2>&1 &&
    cmake --build --preset layers --parallel --target all_verify_interface_header_sets >>"$log" 2>&1; then
    echo "layers: 1 passed, 0 failed"
else
    grep -E 'error|undefined|FAILED' "$log" | head -40 || tail -40 "$log"
    echo "layers: 0 passed, 1 failed"
    exit 1
fi
