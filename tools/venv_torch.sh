#!/usr/bin/env bash
# Makes the virtual environment of a current PyTorch: tools/venv_torch.sh FOLDER. What is there already is left alone. Says so and fails where the
# packages cannot be had. GANBAR_TORCH: what pip is asked for ("torch"); GANBAR_TORCH_INDEX: another index, such as one with builds for the CPU alone.
set -euo pipefail
folder=$1
torch=${GANBAR_TORCH:-torch}
packages=(nanobind-backend==1.0.0 pytest hypothesis onnx onnxscript onnxruntime safetensors)
stamp=$folder/ganbar-tools
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$torch ${packages[*]}" ]; then exit 0; fi
test -x "$folder/bin/python" || /usr/bin/python3 -m venv "$folder"
pip=("$folder/bin/pip" install -q --disable-pip-version-check)
echo "the Python environment in $folder gets: $torch ${packages[*]}" >&2
if ! "${pip[@]}" ${GANBAR_TORCH_INDEX:+--index-url "$GANBAR_TORCH_INDEX"} "$torch" >&2 || ! "${pip[@]}" "${packages[@]}" >&2; then
    echo "venv_torch.sh: $torch and ${packages[*]} cannot be had from PyPI, and a current PyTorch is what \`make torch\` tests with" >&2
    exit 1
fi
echo "$torch ${packages[*]}" >"$stamp"
