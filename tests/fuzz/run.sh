#!/bin/sh
# Runs each fuzz entry with libFuzzer for a number of seconds; what it finds lands in build/fuzz/found.
#   tests/fuzz/run.sh [SECONDS]
set -eu
cd "$(dirname "$0")/../.."
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DSWARMGEN_FUZZER=ON \
    -DCMAKE_C_FLAGS='-O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined' >/dev/null
mkdir -p build/fuzz/found
for corpus in tests/fuzz/corpus/*; do
    name=${corpus##*/}
    cmake --build build/fuzz --target "fuzz-$name" >/dev/null
    mkdir -p "build/fuzz/new-$name"
    find build/fuzz -name "fuzz-$name" -type f -exec {} -max_total_time="${1:-60}" -artifact_prefix=build/fuzz/found/ \
        "build/fuzz/new-$name" "$corpus" \;
done
