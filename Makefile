# What people type. Each target is one script or one cargo command; the scripts say what they do at their top.
# `make help` lists the targets.

SHELL := /bin/bash
BINARY := $(or $(CARGO_TARGET_DIR),target)/release/hailstream
.DEFAULT_GOAL := help
.PHONY: help demo build setup test test-peers check e2e gallery bench soak fuzz fmt clean

## demo ARGS="…"   build what has changed and start the demo (ARGS: as `hailstream demo --help` says)
demo: build
	$(BINARY) demo $(ARGS)

## build           the page into dist/, then the binary, target/release/hailstream, with the page inside
build: setup
	scripts/build-page
	cargo build --locked --release -p hailstream --features embed

## setup           install the pinned tools that building needs (nothing to do: under a second)
setup:
	@scripts/setup demo

## test            everything: unit, property and Kafka tests, then user goals in a real Chromium
test:
	@scripts/test

## e2e ARGS="…"    only the user goals (ARGS: as `playwright test --help` says)
e2e:
	@scripts/test e2e $(ARGS)

## gallery         pictures of every type of panel in every state and both themes: target/gallery/index.html
gallery:
	@HAILSTREAM_PICTURES=$(CURDIR)/target scripts/test e2e tests/gallery.spec.ts

## test-peers      the same questions to us, a real OpenSearch and DuckDB (ARGS="WORD …": only scenarios named so)
test-peers:
	@scripts/test peers $(ARGS)

## check           format, tidy, clippy (native and WASM), licences and banned crates
check:
	@scripts/check

## bench ARGS="…"  comparisons and budgets; they print ratios
bench: build
	scripts/setup bench
	cargo run --locked --release -p hailstream-benches -- $(ARGS)

## soak            half an hour of the demo with 40,000 cabs: does memory of the tab and the server stay? (ARGS="--minutes N")
soak: build
	scripts/setup bench
	cargo run --locked --release -p hailstream-benches -- soak $(ARGS)

## fuzz ARGS="…"   properties on made-up inputs for a minute each, then the engine's law on a million cases (as scripts/fuzz says)
fuzz:
	@scripts/fuzz $(ARGS)

## fmt             format all Rust code and refresh what tidy can (the protocol's hash)
fmt:
	cargo fmt --all
	cargo run --quiet --locked --release -p hailstream-tidy -- --fix

## clean           remove what was built, keep the installed tools (target/tools)
clean:
	rm -rf dist target/page.stamp target/release target/wasm target/doc target/kafka e2e/test-results

help:
	@sed -n 's/^## /  make /p' Makefile
