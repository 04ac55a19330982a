#!/usr/bin/env bash
# Installs the Debian packages that the targets of the Makefile need: tools/install.sh GROUP...
# Groups: build, python, test, slow, data, bench, oracle, fuzz, lint, deb, docs, browser. What is there already is left alone; when nothing is missing, nothing is
# asked of the network. As root it works without questions; as an ordinary user it says what it wants and uses sudo.
set -euo pipefail

packages_of() {
    case "$1" in
        build) echo g++ make cmake ninja-build ccache pkg-config libfmt-dev nlohmann-json3-dev libcli11-dev libcpp-httplib-dev libtomlplusplus-dev libeigen3-dev \
            libboost-dev libpng-dev libjpeg-dev libgif-dev libcairo2-dev zlib1g-dev libsqlite3-dev nettle-dev libhwy-dev librandom123-dev libgmp-dev libgtest-dev libonnx-dev libprotobuf-dev ;;
        python) echo python3 python3-venv python3-dev python3-numpy python3-torch ;;
        test) echo python3 clang-format ngspice dataset-fashion-mnist openmpi-bin poppler-utils ;;
         slow) echo ent dieharder rng-tools5 slurmctld slurmd slurm-client munge ;;
        data) echo dataset-fashion-mnist ;;
        bench) echo python3 libbenchmark-dev libsuitesparse-dev python3-numpy python3-scipy python3-torch libopenblas0-pthread libopenblas0-openmp ;;
        oracle) echo python3 python3-venv ngspice python3-numpy python3-scipy python3-torch ;;
        fuzz) echo clang libclang-rt-14-dev llvm ;;
        lint) echo python3 clang-format clang-tidy shellcheck ;;
        deb) echo dpkg-dev file lintian ;;
        docs) echo python3 python3-venv ;;
        browser) echo python3 chromium npm ;;
        *)
            echo "install.sh: unknown group \"$1\"; expected build, python, test, slow, data, bench, oracle, fuzz, lint, deb, docs or browser" >&2
            exit 2
            ;;
    esac
}

[ $# -gt 0 ] || set -- build
wanted=()
for group in "$@"; do
    list=$(packages_of "$group")
    read -r -a words <<<"$list"
    wanted+=("${words[@]}")
done

if ! command -v dpkg-query >/dev/null; then
    echo "install.sh: this is no Debian system; the build needs what these Debian packages hold: ${wanted[*]}" >&2
    exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
missing=()
for package in "${wanted[@]}"; do
    [ "$package" = npm ] && command -v npm >/dev/null && continue  # that of nodejs's own packages conflicts with Debian's
    grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    echo "ganbar needs these Debian packages: ${missing[*]}" >&2
    if ! command -v sudo >/dev/null; then
        echo "install.sh: there is no sudo here; ask your administrator for: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "sudo may now ask for your password" >&2
    as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >>"$log" 2>&1 </dev/null
}
echo "installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
apt update || echo "install.sh: apt-get update failed; trying with the package lists that are here" >&2
if ! apt install --no-install-recommends "${missing[@]}"; then
    tail -n 20 "$log" >&2
    echo "install.sh: the packages could not be installed; see above" >&2
    exit 1
fi
