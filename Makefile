# coldsun: `make` prints what there is. Every target sets up what it needs, and does little the second time.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
JOBS ?= $(shell nproc)
SITE ?= atacama
HOURS ?= 24
OUT ?= build/demo
# For the GPU when asked for (CUDA=1), or when one is at hand together with the toolkit; CUDA=0 keeps to the processor.
CUDA ?= $(shell nvidia-smi -L >/dev/null 2>&1 && PATH="$$PATH:/usr/local/cuda/bin" command -v nvcc >/dev/null && echo 1 || echo 0)

ifeq ($(CUDA),1)
variant := cuda
cuda_define := ON
else
variant := cpu
cuda_define := OFF
endif

bin := $(CURDIR)/.venv/bin
export PATH := $(bin):$(PATH)
export CMAKE_BUILD_PARALLEL_LEVEL := $(JOBS)
export OMP_WAIT_POLICY ?= passive
export PIP_DISABLE_PIP_VERSION_CHECK := 1

packages := g++ git pkg-config libhdf5-dev libtomlplusplus-dev libfmt-dev libbenchmark-dev libthrust-dev
test_packages := libgtest-dev libboost-context-dev mosquitto openssl

engine_files := $(shell find CMakeLists.txt cmake pyproject.toml kernels core data python -type f \
                  -not -path '*/__pycache__/*' -not -path '*/notebooks/*' -not -name '*.md' 2>/dev/null)

.PHONY: help setup demo test stubs notebook bench bench-check validate asan fuzz kokkos cuda style format clean
help: ## this list
	@echo "coldsun: a digital twin of zero-carbon data centres. make TARGET, with TARGET one of"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 12
	@echo "words: CUDA=1 builds for an NVIDIA GPU; SITE=masdar HOURS=6 OUT=folder for the demo; JOBS=n processes (here $(JOBS))"

# ---- set-up: Debian packages, the virtual environment, the package in it -------------------------------------------------
.venv/.base: Makefile .ci/apt
	@.ci/apt $(packages)
	@$(PYTHON) -c 'import sys; sys.exit("coldsun: Python %d.%d; accepted: 3.11 or later (make PYTHON=...)" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import ensurepip, os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null || .ci/apt python3-venv python3-dev
	@[ -x .venv/bin/python ] || { echo "coldsun: making .venv"; $(PYTHON) -m venv .venv; }
	@.venv/bin/python -m pip install -q "cmake>=3.26" "ninja>=1.11" "scikit-build-core>=0.11" "pybind11>=3.0"
	@touch $@

# the dependencies of pyproject.toml, the extras apart: the demo does without them
requirements = $(PYTHON) -c 'import sys, tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; print(*(p["dependencies"] if sys.argv[1] == "core" else p["optional-dependencies"][sys.argv[1]]), sep="\n")'
.venv/.core .venv/.test .venv/.style .venv/.validate .venv/.stubs .venv/.notebook: .venv/.%: pyproject.toml .venv/.base
	@echo "coldsun: Python packages ($*)"
	@$(requirements) $* >.venv/$*.txt && .venv/bin/python -m pip install -q -r .venv/$*.txt
	@touch $@

# One engine lies in .venv at a time: another variant's stamp goes when this one is installed. It is built where the tests are: once.
build/.engine-$(variant): $(engine_files) .venv/.base .venv/.core
	@echo "coldsun: building the Python package ($(variant))"
	@mkdir -p build; rm -f build/.engine-*
	@.venv/bin/python -m pip install -q --no-build-isolation --no-deps --force-reinstall \
	  --config-settings=build-dir=build/$(variant)-release --config-settings=cmake.define.COLDSUN_CUDA=$(cuda_define) .
	@touch $@

setup: build/.engine-$(variant) ## packages, virtual environment, engine: what demo needs

# ---- what a person wants ----------------------------------------------------------------------------------------------------
demo: setup ## a coupled day of the Atacama pilot: record, picture, table
	@rm -f "$(OUT)"/segment_*.nc "$(OUT)"/segment_*.part "$(OUT)"/day_*.png  # the record of the run before, nothing else
	@coldsun run $(SITE) --hours $(HOURS) --out "$(OUT)"

.venv/.gtest: .ci/apt Makefile | .venv/.base
	@.ci/apt $(test_packages)
	@touch $@

test: setup .venv/.gtest .venv/.test ## the C++ and Python tests
	@$(MAKE) ctest PRESET=cpu-release
	@python -m pytest -q tests

.PHONY: ctest
ctest:
	@cmake --preset $(PRESET) $(CONFIGURE) >build/$(PRESET).log 2>&1 || { cat build/$(PRESET).log; exit 1; }
	@cmake --build --preset $(PRESET) -- -k 0
	@ctest --preset $(PRESET) -j $(JOBS) --progress

style: .venv/.base .venv/.style ## layers, names, units, sizes; ruff; clang-format
	@python tests/check_style.py
	@ruff check .
	@git ls-files '*.?pp' '*.cu' '*.cuh' | xargs clang-format --dry-run -Werror

format: .venv/.base .venv/.style ## leaves the C++ files as `style` wants them
	@git ls-files '*.?pp' '*.cu' '*.cuh' | xargs clang-format -i

stubs: setup .venv/.stubs ## the types of the C++ module for mypy and editors, from what is built
	@rm -rf build/stubs && pybind11-stubgen coldsun._engine -o build/stubs --numpy-array-remove-parameters >build/stubs.log 2>&1 || { cat build/stubs.log; exit 1; }
	@sed -i -e '/^from coldsun import InputError$$/d' -e 's/^class FileError/class InputError(ValueError):\n    """\n    Bad input from a person or a file; str() is one sentence for them.\n    """\n&/' \
	  build/stubs/coldsun/_engine/__init__.pyi  # the package shows it as its own
	@rm -rf python/coldsun/_engine && cp -r build/stubs/coldsun/_engine python/coldsun/_engine
	@cd python && mypy --no-error-summary --follow-imports=silent -p coldsun._engine

notebook: setup .venv/.notebook ## the first hour, in JupyterLab
	@jupyter lab python/notebooks/first_hour.ipynb

bench: setup ## every kernel's rate on this machine
	@coldsun bench

bench-check: setup ## no kernel below half of its committed rate
	@python kernels/bench/check_bars.py

validate: setup .venv/.gtest .venv/.test .venv/.validate ## the slow truth: theory, other codes, measurements
	@python -m pytest -q validation

# ---- other builds ---------------------------------------------------------------------------------------------------------------
asan: .venv/.base .venv/.gtest ## the C++ tests under the address and undefined-behaviour sanitizers
	@mkdir -p build; $(MAKE) ctest PRESET=asan

# INPUTS per parser; a run that was stopped goes on where it was (build/fuzz). Each input follows from its number: a find can be made again.
INPUTS ?= 1000000
SECONDS_EACH ?= 1000000
fuzz_native := site network plate module shell jobs tle omm
fuzz_python := payload metadata replay epw sam nsrdb segment
fuzz: setup ## mutated inputs into every parser, under the sanitizers
	@mkdir -p build/fuzz; cmake --preset asan >build/asan.log 2>&1 || { cat build/asan.log; exit 1; }
	@cmake --build --preset asan --target coldsun_fuzz
	@printf '%s\n' $(fuzz_native) | OMP_NUM_THREADS=1 xargs -P $(JOBS) -I{} build/asan/coldsun_fuzz {} --inputs $(INPUTS) --seconds $(SECONDS_EACH) --state build/fuzz/{}
	@printf '%s\n' $(fuzz_python) | OMP_NUM_THREADS=1 xargs -P $(JOBS) -I{} python validation/fuzz/fuzz_python.py {} --inputs $(INPUTS) --seconds $(SECONDS_EACH) --state build/fuzz/{}

cuda: .venv/.base .venv/.gtest ## everything compiled for CUDA; the tests skip where no GPU is
	@mkdir -p build; $(MAKE) ctest PRESET=cuda-release

kokkos: ## the Kokkos build and its tests, in a Debian sid root (as root)
	@.ci/run kokkos

clean: ## takes away what was built; the virtual environment stays
	rm -rf build dist
