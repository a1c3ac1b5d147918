# shellcheck shell=bash disable=SC2034
# Shared by the scripts beside this folder; sourced, never run. Needs bash only.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { echo "${0##*/}: $*"; }

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# The toolchain that the package is built with: `swift` on PATH, else the usual place outside of the system's folders.
find_swift() {
    if ! command -v swift >/dev/null && [ -x /opt/swift/usr/bin/swift ]; then
        PATH="$PATH:/opt/swift/usr/bin"
        export PATH
    fi
    command -v swift >/dev/null ||
        die "the Swift toolchain is missing: install Swift 6.3 for Debian 12, so that 'swift' is on PATH" \
            "or under /opt/swift/usr/bin, and run this again"
}

# A tool that the toolchain ships beside `swift` (llvm-cov, llvm-profdata, ...).
toolchain_tool() {
    local beside
    beside=$(dirname "$(readlink -f "$(command -v swift)")")
    if [ -x "$beside/$1" ]; then echo "$beside/$1"; else command -v "$1"; fi
}
