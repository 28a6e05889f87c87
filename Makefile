# Every target works on a fresh machine with Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
OPTIMIZERS := .venv-optimizers
CLUSTERERS := .venv-cluster
SDKS := .venv-sdks
# Compiled bytecode makes every import several times faster: never run without it.
unexport PYTHONDONTWRITEBYTECODE
export DO_NOT_TRACK := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install run repro test test-unit check format bench fuzz peers peers-optimize peers-cluster sdks lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  %-10s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make .venv with the locked packages and the embedded model

$(VENV)/.installed: requirements.lock.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PromptOps needs Python 3.11 or newer; set PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	$(BIN)/promptops models pull smollm2-135m
	touch $@

run: install ## Run the nightly flow over the sample workspace
	$(BIN)/promptops run nightly

repro: install ## Compute derived data that changed (DVC)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/dvc repro

test: install ## Run all tests
	$(BIN)/pytest -q tests

test-unit: install ## Run the tests that need no server and no model
	$(BIN)/pytest -q tests -m "not flow and not embedded and not slow"

check: install ## Lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Run the benchmarks but the one that takes hours (data from PROMPTOPS_DATA)
	@for file in $(filter-out benchmarks/optimize_quality.py,$(wildcard benchmarks/*.py)); do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

fuzz: install ## Lint what libFuzzer thinks of, for a minute (crashes are kept in .fuzz)
	$(BIN)/pip install --quiet "atheris>=3"
	mkdir -p .fuzz
	cd .fuzz && ../$(BIN)/python ../tests/fuzz/fuzz_lint.py -max_total_time=60 -max_len=262144 -timeout=5

peers: $(PEERS)/.installed ## Make .venv-peers with the linters that the benchmarks compare with

$(PEERS)/.installed: benchmarks/peers.txt
	$(PYTHON) -m venv $(PEERS)
	grep -Ev '^(#|prompt-lint-py)' $< | $(PEERS)/bin/pip install --quiet --requirement /dev/stdin
	grep '^prompt-lint-py' $< | $(PEERS)/bin/pip install --quiet --no-deps --upgrade --target $(PEERS)/prompt-lint-py --requirement /dev/stdin
	touch $@

peers-optimize: $(OPTIMIZERS)/.installed ## Make .venv-optimizers with the optimizers that the benchmarks compare with

$(OPTIMIZERS)/.installed: benchmarks/optimizer_peers.txt
	$(PYTHON) -m venv $(OPTIMIZERS)
	$(OPTIMIZERS)/bin/pip install --quiet --requirement $<
	$(OPTIMIZERS)/bin/python -m compileall -q -j 0 $(OPTIMIZERS)/lib || true
	touch $@

peers-cluster: $(CLUSTERERS)/.installed ## Make .venv-cluster with what groups texts in the benchmarks

$(CLUSTERERS)/.installed: benchmarks/cluster_peers.txt
	$(PYTHON) -m venv $(CLUSTERERS)
	grep -Ev '^(#|bertopic)' $< | $(CLUSTERERS)/bin/pip install --quiet --requirement /dev/stdin
	grep '^bertopic' $< | $(CLUSTERERS)/bin/pip install --quiet --no-deps --requirement /dev/stdin
	touch $@

sdks: $(SDKS)/.installed ## Make .venv-sdks with the providers' clients, which tests/sdks sends requests through

$(SDKS)/.installed: tests/sdks/requirements.txt
	$(PYTHON) -m venv $(SDKS)
	$(SDKS)/bin/pip install --quiet --requirement $<
	$(SDKS)/bin/python -m compileall -q -j 0 $(SDKS)/lib || true
	touch $@

lock: install ## Write the versions installed now to requirements.lock.txt
	@(echo "# Exact versions of everything, for Python 3.11 and newer. Made by \`make lock\`."; \
	  $(BIN)/pip freeze --exclude-editable | grep -Ev '^(#|atheris=)' | sed -E 's/^torch(==| @).*/torch==2.13.0/; s/\+cpu$$//') > requirements.lock.txt.new
	@mv requirements.lock.txt.new requirements.lock.txt

clean: ## Remove .venv, caches and state; what people wrote stays
	rm -rf $(VENV) $(PEERS) $(OPTIMIZERS) $(CLUSTERERS) $(SDKS) .fuzz .promptops .mypy_cache .ruff_cache .pytest_cache .import_linter_cache derived .dvc/cache .dvc/tmp
	find reports -mindepth 1 -maxdepth 1 ! -name metrics -exec rm -rf {} + 2>/dev/null || true
