# shellcheck shell=bash
# Sourced by the evaluation and the benchmark of cutout: the binary under test and the peer, rembg, beside it.
: "${root:?source scripts/lib/common.sh first}"

# install_list LIST FOLDER: packages, pinned, in a folder of their own; installed when the list changed.
install_list() {
    if ! cmp -s "$1" "$2/.installed"; then
        say "installing ${1##*/} under .deps/${2##*/}"
        rm -rf "$2"
        python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$2" -r "$1"
        cp "$1" "$2/.installed"
    fi
}

# The peer, rembg and onnxruntime: about 500 MB.
install_peer() {
    local folder="$root/.deps/rembg"
    install_list "$root/Evaluation/cutout/requirements.txt" "$folder"
    export PYTHONPATH="$folder:$root/Evaluation/cutout" PYTHONDONTWRITEBYTECODE=1
    # The peer reads the very same model files: `<home>/models/<name>/<name>.onnx`.
    local name
    for name in u2net u2netp; do
        mkdir -p "$folder/home/models/$name"
        ln -sf "${RUNDUM_MODELS:-$root/models}/$name.onnx" "$folder/home/models/$name/$name.onnx"
    done
    export U2NET_HOME="$folder/home" NUMBA_CACHE_DIR="$folder/numba"
}

# The release build, or what RUNDUM_BINARY names.
build_rundum() {
    if [ -z "${RUNDUM_BINARY:-}" ]; then
        find_swift
        swift build --package-path "$root" --configuration release --product rundum
        RUNDUM_BINARY="$root/.build/release/rundum"
    fi
    export RUNDUM_BINARY
}
