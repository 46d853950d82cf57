# What a person types. CMake does the building (CMakePresets.json); .ci/run is `make test`.
.DEFAULT_GOAL := build
SHELL := /bin/bash
formatted := git ls-files '*.cpp' '*.hpp'
JOBS ?= $(shell nproc)

.PHONY: help build portable demo test dev tidy asan tsan fuzz coverage image format check_format clean

help:         ## show this list
	@sed -n 's/^\([a-z_]*\): .*## /  make \1\t/p' Makefile | expand -t 22

build: ## build the program: build/release/src/perfwarden
	@tests/support/install.sh build
	@mkdir -p build && cmake --preset release >build/.release.log 2>&1 || { cat build/.release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS)

portable: ## build the static program that runs on any distribution: build/portable/src/perfwarden
	@tests/support/install.sh build portable
	@mkdir -p build && cmake --preset portable >build/.portable.log 2>&1 || { cat build/.portable.log; exit 1; }
	@cmake --build --preset portable -j $(JOBS)

demo: ## measure a planted 10 % slowdown in a small repository and show the report
	@tests/support/install.sh build demo
	@$(MAKE) --no-print-directory build
	@tests/e2e/demo/run.sh build/release/src/perfwarden build/demo

test: ## everything that must hold before a change lands
	@tests/support/install.sh build test container
	@tests/support/test_all.sh

dev: ## build for work and run all tests but the slow ones
	@cmake --preset dev && cmake --build --preset dev -j $(JOBS) && ctest --preset dev -LE slow

tidy: ## clang-tidy over what changed since the last run
	@cmake --preset tidy && cmake --build --preset tidy -j $(JOBS)

asan tsan: ## the tests under address and undefined, or thread sanitizer
	@cmake --preset $@ && cmake --build --preset $@ -j $(JOBS) && ctest --preset $@

fuzz: ## build the libFuzzer targets and run each for a minute
	@cmake --preset fuzz && cmake --build --preset fuzz -j $(JOBS) && tests/fuzz/run.sh build/fuzz 60

coverage: ## line coverage of src/ by the tests
	@cmake --preset coverage && cmake --build --preset coverage -j $(JOBS) && ctest --preset coverage
	@tests/support/coverage.sh build/coverage

image: ## build the action's container image into build/container
	@tests/support/install.sh container
	@tests/e2e/image.sh build/container

format: ## clang-format all sources in place
	@$(formatted) | xargs clang-format-14 -i

check_format:
	@$(formatted) | xargs clang-format-14 --dry-run -Werror

clean: ## remove all that was built
	rm -rf build
