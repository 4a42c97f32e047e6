# A thin front to CMake: each target says in a line or two what one would type by hand (CMakePresets.json has the rest).
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
CONFIGURE = cmake -S . -B $(BUILD) $(CMAKE_FLAGS)

.PHONY: all build everything check check-long demo bench bench-parts install install-deps static deb docs playground clean format asan tidy sdist wheel notebooks

all: build

install-deps:
	@tools/install-deps.sh

# Library and command line.
build:
	@$(CONFIGURE)
	@cmake --build $(BUILD) -j $(JOBS) --target fsnn_products

# Tests, examples and benches too.
everything:
	@$(CONFIGURE)
	@cmake --build $(BUILD) -j $(JOBS)

# Installs what is missing, builds, runs every test. The exit code is that of ctest.
check: install-deps
	@$(MAKE) --no-print-directory everything
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -j 2

# What takes too long for every change: tests/long.
check-long: install-deps
	@$(MAKE) --no-print-directory everything
	@ctest --test-dir $(BUILD) -C long -L long --output-on-failure --no-tests=error

# Trains a network on Fashion-MNIST, evaluates it and leaves pictures.
demo: install-deps
	@$(MAKE) --no-print-directory build
	@FSNN_BIN=$(BUILD)/fsnn tools/demo.sh

# The standard workloads beside their floors, with all threads and with one: tables, lines of JSON, pictures, in bench-results/.
bench: build
	@FSNN_BIN=$(BUILD)/fsnn tools/bench.sh

# Everything else that is measured, one JSON object a line.
bench-parts: everything
	@for program in $(BUILD)/bench/bench_*; do [ ! -x "$$program" ] || "$$program" || exit 1; done

install: build
	@cmake --install $(BUILD) --prefix $(PREFIX)

# The program as one static file that runs on any Linux of this processor: build-static/fsnn.
static:
	@cmake --preset static $(CMAKE_FLAGS)
	@cmake --build --preset static -j $(JOBS)
	@build-static/fsnn --version

# Debian packages, in BUILD/deb (tools/install-deps.sh --packages).
deb:
	@tools/deb.sh $(BUILD)/deb

# The documentation as a site, with the reference of the C headers: BUILD/site/index.html (tools/install-deps.sh --docs).
docs:
	@tools/docs.py $(BUILD)/site

# Pages for browsers that stand alone: BUILD/playground/index.html (tools/install-deps.sh --deploy).
playground:
	@tools/playground.sh $(BUILD)/playground

# The Python package in BUILD/dist: a source distribution that holds the C tree, and a wheel built from it, with the libraries
# that it needs, for other machines.
PYTHON ?= python3
sdist:
	@mkdir -p $(BUILD)/dist && rm -f $(BUILD)/dist/fsnn-*.tar.gz
	@cd python && $(PYTHON) setup.py -q egg_info --egg-base $(abspath $(BUILD)) sdist --dist-dir $(abspath $(BUILD)/dist)

wheel: sdist
	@$(PYTHON) tools/wheel.py $(BUILD)/dist/fsnn-*.tar.gz $(BUILD)/dist

# The programs of examples/python as notebooks, in BUILD/notebooks.
notebooks:
	@$(PYTHON) tools/notebooks.py $(BUILD)/notebooks

# The whole test suite under AddressSanitizer and UndefinedBehaviorSanitizer.
asan:
	@cmake --preset asan $(CMAKE_FLAGS)
	@cmake --build --preset asan -j $(JOBS)
	@ctest --preset asan

format:
	@find src include cli tests examples bench playground -name '*.[ch]' | xargs clang-format -i

tidy: everything
	@find src cli examples bench -name '*.c' ! -name '*_kernel.c' | xargs clang-tidy -p $(BUILD) --quiet

clean:
	@rm -rf build build-dev build-asan build-clang build-fuzz build-tsan build-plain build-bare build-static
