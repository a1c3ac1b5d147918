# shellcheck shell=bash
# Sourced by the evaluation and the benchmark of cutout: the binary under test and the peer, rembg, beside it.
: "${root:?source scripts/lib/common.sh first}"

# The peer's packages, pinned, in a folder of their own; installed when they changed.
install_peer() {
    local list="$root/Evaluation/cutout/requirements.txt" folder="$root/.deps/rembg"
    if ! cmp -s "$list" "$folder/.installed"; then
        say "installing the peer (rembg and onnxruntime, about 500 MB) under .deps/rembg"
        rm -rf "$folder"
        python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" -r "$list"
        cp "$list" "$folder/.installed"
    fi
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
