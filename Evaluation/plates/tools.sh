# shellcheck shell=bash
# Sourced by the evaluation and the benchmark of plates: the program under test and the finders beside it.
: "${root:?source scripts/lib/common.sh first}"
# shellcheck source=Evaluation/cutout/peer.sh
source "$root/Evaluation/cutout/peer.sh"

# OpenCV with its cascades, and platedet (AGPL, for comparison only): about 130 MB.
install_finders() {
    install_list "$root/Evaluation/plates/requirements.txt" "$root/.deps/plates"
    export PYTHONPATH="$root/.deps/plates:$root/Evaluation/plates" PYTHONDONTWRITEBYTECODE=1
}

# The release build of the finder's own program, or what RUNDUM_PLATES names.
build_finder() {
    if [ -z "${RUNDUM_PLATES:-}" ]; then
        find_swift
        swift build --package-path "$root" --configuration release --product plate-bench
        RUNDUM_PLATES="$root/.build/release/plate-bench"
    fi
    export RUNDUM_PLATES
}
