# make run        install missing tools, build, load the demo, serve
# make test       run all tests: unit and database tests, sizes, browser tests
# make check      check the format, lints on both targets, the documentation, and queries against a database
# make dev        build and serve, and repeat on every change
# make build      build for release
# make sabotage   remove one guard at a time, and check that the tests fail
# make bench      measure a release build
# make fmt        format the Rust code
.PHONY: run test sabotage check dev build setup bench fmt

sources := $(shell find app frontend server style public scripts/build scripts/*.mjs -type f 2>/dev/null) Cargo.toml Cargo.lock end2end/package-lock.json

run: setup target/built
	@target/release/stile serve --demo

build: setup target/built

target/built: $(sources)
	scripts/build
	@touch $@

setup:
	@scripts/setup run

test:
	@scripts/setup test
	scripts/test

sabotage:
	@scripts/setup test
	scripts/sabotage

check:
	@scripts/setup run
	scripts/check

dev: setup
	scripts/dev

bench: setup target/built
	scripts/bench

fmt:
	cargo fmt --all
