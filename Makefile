# The front door. Each target installs the Debian packages it needs (tools/install.sh), then does its work.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 600
PREFIX ?= /usr/local

with_python = -DGANBAR_PYTHON=ON -DPython_EXECUTABLE=$(CURDIR)/build/venv/bin/python
# $(call build,PRESET,OPTIONS): configure and build
build = cmake --preset $(1) $(2) >build/configure-$(1).log 2>&1 || { cat build/configure-$(1).log; exit 1; }; cmake --build --preset $(1) -j $(JOBS)

.PHONY: help demo python wheel test test-slow oracle docs build install deb bench fuzz asan tsan lint check-all clean torch accessibility

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: build  ## trains the founding GAN on real images; prints where the report is
	@tools/demo.sh

build: | build-folder  ## build/release/bin/ganbar
	@tools/install.sh build
	@$(call build,release) --target ganbar

install: | build-folder  ## program, presets and library into PREFIX (/usr/local); DESTDIR is honoured
	@tools/install.sh build
	@$(call build,release) --target ganbar pages
	@cmake --install build/release --prefix "$(PREFIX)" >build/install.log || { tail -n 5 build/install.log; exit 1; }
	@echo "ganbar is in $(DESTDIR)$(PREFIX); programs find the library by find_package(ganbar) or pkg-config ganbar"

deb: | build-folder  ## Debian packages of program and library, in build/deb
	@tools/install.sh build deb
	@$(call build,deb)
	@cd build/deb && rm -f ./*.deb && cpack -G DEB >cpack.log || { tail -n 20 cpack.log; exit 1; }
	@lintian --fail-on error build/deb/*.deb
	@ls build/deb/*.deb

python: | build-folder  ## the Python package, in the environment build/venv
	@tools/install.sh build python
	@tools/venv.sh build/venv
	@$(call build,release,$(with_python)) --target ganbar_python ganbar_python_stub
	@build/venv/bin/python -c 'import ganbar; print("ganbar", ganbar.__version__, "is in build/venv: build/venv/bin/python")'

wheel: | build-folder  ## the Python wheel and its source archive, in build/dist
	@tools/install.sh build python
	@tools/wheel.sh build/dist

test: | build-folder  ## the fast tests
	@tools/install.sh build test python
	@tools/venv.sh build/venv
	@$(call build,release,$(with_python))
	@ctest --test-dir build/release -LE slow -j $(JOBS) --output-on-failure

test-slow: | build-folder  ## the long tests
	@tools/install.sh build test slow
	@$(call build,release)
	@ctest --test-dir build/release -L slow -j 1 --output-on-failure

torch: | build-folder  ## the PyTorch layers under a current PyTorch from PyPI, in build/venv-torch (gigabytes on x86-64)
	@tools/install.sh build python
	@tools/venv.sh build/venv
	@tools/venv_torch.sh build/venv-torch
	@$(call build,release,$(with_python)) --target ganbar ganbar_python layer_reference
	@GANBAR_PROGRAM=$(CURDIR)/build/release/bin/ganbar GANBAR_LAYER_REFERENCE=$(CURDIR)/build/release/bin/layer_reference PYTHONPATH=$(CURDIR)/build/release/python \
		build/venv-torch/bin/python -m pytest -q -p no:cacheprovider tests/python/test_torch*.py tests/python/current

oracles = 'numpy<2' onnx onnxruntime safetensors tensorboard pillow badcrossbar prdc scikit-learn nistrng
oracle: | build-folder  ## checks against other programs: torch, onnxruntime, badcrossbar, prdc, nistrng, safetensors, tensorboard
	@tools/install.sh build oracle
	@$(call build,release) --target ganbar oracle_programs
	@test -x build/venv-oracle/bin/python || { /usr/bin/python3 -m venv --system-site-packages build/venv-oracle && \
		build/venv-oracle/bin/pip install -q $(oracles); } || echo "not all of these could be had from PyPI: $(oracles); checks that need them are skipped"
	@for check in tests/oracle/*_check.py; do /usr/bin/python3 $$check build/release; done

docs: python build  ## the documentation site, its tutorials run, in build/docs
	@tools/install.sh docs
	@test -x build/venv-docs/bin/sphinx-build || { /usr/bin/python3 -m venv build/venv-docs && \
		build/venv-docs/bin/pip install -q -r tools/site/requirements.txt; }
	@build/venv-docs/bin/python tools/site/build.py build/release/bin/ganbar build/docs

accessibility: build  ## pages held against axe-core: contrast, labels, keyboard
	@tools/install.sh browser
	@test -f build/axe/node_modules/axe-core/axe.min.js || npm install --silent --no-audit --no-fund --prefix build/axe axe-core
	@/usr/bin/python3 tests/report/accessibility_check.py build/release/bin/ganbar build/axe/node_modules/axe-core/axe.min.js

bench: | build-folder  ## benchmarks, into build/bench/results.json
	@tools/install.sh build bench
	@$(call build,bench)
	@python3 tools/run_benchmarks.py build/bench

fuzz: | build-folder  ## every fuzz target for FUZZ_SECONDS (600)
	@tools/install.sh build fuzz
	@$(call build,fuzz) --target fuzzers
	@tools/fuzz.sh build/fuzz $(FUZZ_SECONDS)

asan: | build-folder  ## the fast tests under the address and undefined-behaviour sanitizers
	@tools/install.sh build test
	@$(call build,asan)
	@LSAN_OPTIONS=suppressions=$(CURDIR)/tools/lsan.supp:print_suppressions=0 ctest --test-dir build/asan -LE slow -j $(JOBS) --output-on-failure

tsan: | build-folder  ## the fast tests under the thread sanitizer
	@tools/install.sh build test fuzz
	@$(call build,tsan)
	@ctest --test-dir build/tsan -LE slow -j $(JOBS) --output-on-failure

lint: | build-folder  ## layers, clang-format, lengths, clang-tidy, shellcheck
	@tools/install.sh build lint
	@cmake --preset lint >/dev/null
	@tools/lint.sh build/lint

check-all: | build-folder  ## lint, all tests, oracles, sanitizers, fuzzing, random kills; hours
	@tools/install.sh build test slow oracle fuzz lint
	@tools/check_all.sh

clean:  ## removes build/
	@rm -rf build

.PHONY: build-folder
build-folder:
	@mkdir -p build
