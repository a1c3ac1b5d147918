# shellcheck shell=bash
# Sourced by the evaluation and the benchmark of whole models: the program under test, the peer, and what both need.
: "${root:?source scripts/lib/common.sh first}"
# shellcheck source=Evaluation/sfm/tools.sh
source "$root/Evaluation/sfm/tools.sh"

# Packages of the evaluations, each in its folder, and their modules on PYTHONPATH; the release build.
prepare_models() {
    local folder
    install_peer
    install_list "$root/Evaluation/cutout/requirements-meshes.txt" "$root/.deps/meshes"
    install_list "$root/Evaluation/sfm/requirements.txt" "$root/.deps/pycolmap"
    for folder in Evaluation/reconstruct Evaluation/sfm Evaluation/rings Evaluation/glb .deps/meshes .deps/pycolmap; do
        PYTHONPATH="$PYTHONPATH:$root/$folder"
    done
    build_rundum
    export RUNDUM_HOME="${RUNDUM_HOME:-$root/evaluation-out/home}"
}
