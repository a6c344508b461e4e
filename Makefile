# make demo   build, install into .venv, run the tour through Jupyter
# make test   everything CI checks, with the time of each room
# make help   the rest

VERSION := $(shell cat VERSION)
GOFLAGS_BUILD := -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
export CGO_ENABLED := 0

.PHONY: help build demo test test-all lint bench figures generate cross clean

help:
	@sed -n 's/^# make /make /p' Makefile
	@echo "make build      build/ingot alone"
	@echo "make test-all   as test, with the whole of what test samples"
	@echo "make lint       gofmt, go vet, staticcheck"
	@echo "make bench      our workloads and the peers' in one run, with ratios"
	@echo "make figures    what the kernel has to reach, beside ipykernel"
	@echo "make generate   the generated files"
	@echo "make cross      builds for darwin/arm64, windows/amd64, linux/arm64"

build: build/ingot

.PHONY: FORCE
build/ingot: FORCE
	@mkdir -p build
	go build $(GOFLAGS_BUILD) -o $@ .

demo: build
	@scripts/demo.sh

test: build
	@scripts/test.sh

test-all: build
	@INGOT_TEST_ALL=1 scripts/test.sh

lint:
	@scripts/lint.sh

bench: build
	@scripts/bench.sh

figures: build
	@scripts/setup.sh venv-test
	@build/ingot install --prefix .venv >/dev/null
	@JUPYTER_PREFER_ENV_PATH=1 INGOT_HISTORY=off .venv/bin/python bench/figures.py

generate:
	go generate ./...

cross:
	@scripts/cross.sh

clean:
	rm -rf build .venv
