# What the tests share: the project's folder, and tools in PATH or in build/tools.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
export PATH=$PATH:$PWD/build/tools LC_ALL=C.UTF-8
failed=0
# check NAME COMMAND…: ok if the command succeeds; else its output is shown.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok $name"
    else
        printf '%s\n' "not ok $name" "$output" | sed '2,$s/^/    /'
        failed=1
    fi
}
# with TOOL NAME COMMAND…: check, or skipped if the tool is not there
with() {
    local tool=$1
    shift
    if command -v "$tool" >/dev/null; then check "$@"; else echo "skipped $1: $tool is not installed"; fi
}
