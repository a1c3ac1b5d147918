# shellcheck shell=bash
# Sourced by the evaluation and the benchmark of sfm: the program under test and the peer, pycolmap, beside it.
: "${root:?source scripts/lib/common.sh first}"
# shellcheck source=Evaluation/cutout/peer.sh
source "$root/Evaluation/cutout/peer.sh"

# The peer, pycolmap: about 120 MB.
install_pycolmap() {
    install_list "$root/Evaluation/sfm/requirements.txt" "$root/.deps/pycolmap"
    export PYTHONPATH="$root/.deps/pycolmap:$root/Evaluation/sfm" PYTHONDONTWRITEBYTECODE=1
}

# The release build of the scene path's own program, or what RUNDUM_SFM names.
build_sfm() {
    if [ -z "${RUNDUM_SFM:-}" ]; then
        find_swift
        swift build --package-path "$root" --configuration release --product sfm-bench
        RUNDUM_SFM="$root/.build/release/sfm-bench"
    fi
    export RUNDUM_SFM
}
