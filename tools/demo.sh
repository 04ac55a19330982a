#!/usr/bin/env bash
# The main job on real images: trains the four variants of satyam2022 (quick settings) into runs/demo and says where the report is.
# Images: MNIST from $GANBAR_DATA/mnist, ../shared/data/mnist or ~/.cache/ganbar/mnist; else Fashion-MNIST from Debian's package.
set -euo pipefail
cd "$(dirname "$0")/.."
ganbar=${GANBAR:-build/release/bin/ganbar}
out=runs/demo

has_mnist() {
    local file
    for file in train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz; do
        [ -r "$1/mnist/$file" ] || return 1
    done
}

dataset=""
for folder in "${GANBAR_DATA:-}" ../shared/data "${HOME:-/root}/.cache/ganbar"; do
    if [ -n "$folder" ] && has_mnist "$folder"; then
        dataset=mnist
        GANBAR_DATA=$(cd "$folder" && pwd)
        export GANBAR_DATA
        echo "images: MNIST from $GANBAR_DATA/mnist"
        break
    fi
done
if [ -z "$dataset" ]; then
    tools/install.sh data
    dataset=fashion-mnist
    echo "images: Fashion-MNIST from Debian's package dataset-fashion-mnist (no MNIST in \$GANBAR_DATA, ../shared/data, ~/.cache/ganbar)"
fi

# Only a folder that a run made is replaced; anything else of that name is the user's.
if [ -e "$out" ] && [ ! -e "$out/.ganbar-demo" ]; then
    echo "demo.sh: $out exists and was not made by this script; move it away" >&2
    exit 3
fi
rm -rf "$out"
mkdir -p "$out"
touch "$out/.ganbar-demo"

"$ganbar" reproduce satyam2022 --quick --set data.dataset="$dataset" --out "$out"
echo "report: $(pwd)/$out/report.html"
