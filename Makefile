# The developers' front door; `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
AREA ?=
ARGS ?=
export PATH := $(PATH):/opt/swift/usr/bin

.PHONY: help setup demo test chaos lint format bench eval sheet fixtures schema fresh-check clean

help: ## List these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages, the OpenVINO runtime, models
	@scripts/setup

demo: ## Build, and turn the fixture photos into a listing with a viewer page
	@scripts/demo

test: ## Install, lint, build, run every test, measure coverage
	@scripts/test

chaos: ## Prove the queue against kills, restarts, cut connections and more: make chaos ARGS="--only kills"
	@scripts/chaos $(ARGS)

lint: ## Check format, layers, text and scripts
	@scripts/lint

format: ## Bring Swift and C++ sources into the format that lint wants
	@scripts/format

bench: ## Compare speed and memory with a peer: make bench AREA=cutout
	@scripts/area Benchmarks "$(AREA)" $(ARGS)

eval: ## Measure accuracy on pictures with known truth: make eval AREA=cutout
	@scripts/area Evaluation "$(AREA)" $(ARGS)

sheet: ## Set 24 real lot photos before studios and pictures, to be looked at one by one
	@scripts/area Evaluation composites

fixtures: ## Render the fixture pictures again (needs Blender, some 20 minutes)
	@scripts/fixtures/make

schema: ## Write the database schema dump that a test compares
	@scripts/schema

fresh-check: ## Prove that a bare Debian 12 is enough (root, debootstrap)
	@scripts/fresh-check

clean: ## Remove what was built; packages, models and results stay
	@rm -rf .build
