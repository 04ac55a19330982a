#!/usr/bin/env bash
# Makes the virtual environment of the Python package: tools/venv.sh FOLDER. What is there already is left alone. Says so and fails where the
# tools cannot be had.
set -euo pipefail
folder=$1
packages=(nanobind==3.1.0 nanobind-backend==1.0.0 pytest hypothesis mypy 'pandas<2.3' 'onnxruntime<1.23' optuna submitit)  # those that go with Debian's numpy, which Debian's torch was built with
stamp=$folder/ganbar-tools
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "${packages[*]}" ]; then exit 0; fi
test -x "$folder/bin/python" || /usr/bin/python3 -m venv --system-site-packages "$folder"
echo "the Python environment in $folder gets: ${packages[*]}" >&2
if ! "$folder/bin/pip" install -q --disable-pip-version-check "${packages[@]}" >&2; then
    echo "venv.sh: ${packages[*]} cannot be had from PyPI, and the Python package is built and tested with them" >&2
    exit 1
fi
site=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
(cd "$folder/.." && echo "$PWD/release/python") >"$site/ganbar.pth"  # the package lies in the build tree: an edit is seen at once
echo "${packages[*]}" >"$stamp"
