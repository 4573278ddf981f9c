#!/bin/sh
# Installs what building and testing need and this machine lacks (Debian, Ubuntu). Does nothing where all is there.
#   tools/install.sh [--quiet] [lint] [fuzz] [test]
set -eu
quiet= fuzz=
wanted='gcc:gcc cmake:cmake ninja:ninja-build pkg-config:pkg-config python3:python3 git:git'
for word in "$@"; do
    case $word in
    --quiet) quiet=1 ;;
    lint) wanted="$wanted clang-tidy:clang-tidy cppcheck:cppcheck clang-format:clang-format" ;;
    fuzz) fuzz=1; wanted="$wanted clang:clang" ;;
    test) wanted="$wanted shellcheck:shellcheck patch:patch az:azure-cli valgrind:valgrind tmux:tmux" ;;
    *) echo "tools/install.sh: unknown word '$word'" >&2; exit 2 ;;
    esac
done

missing=
for pair in $wanted; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
for pair in yaml-0.1:libyaml-dev libpcre2-8:libpcre2-dev zlib:zlib1g-dev libcurl:libcurl4-openssl-dev libmicrohttpd:libmicrohttpd-dev libcrypto:libssl-dev; do
    pkg-config --exists "${pair%%:*}" 2>/dev/null || missing="$missing ${pair#*:}"
done
# The headers of the C library come with this package; a bare gcc may lack them.
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
# What -fsanitize links; clang only recommends it.
[ -z "$fuzz" ] || [ -e "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null)" ] ||
    missing="$missing libclang-rt-dev"

if [ -z "$missing" ]; then
    [ -n "$quiet" ] || echo "Everything is installed."
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install:$missing (names of Debian's packages)" >&2
    exit 1
fi
root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "Please install as root: apt-get install$missing" >&2
        exit 1
    fi
    root=sudo
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # words on purpose
if ! { $root apt-get update && $root apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
