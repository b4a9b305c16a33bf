# Everything runs in .venv, which is made on first use and made anew when pyproject.toml changes.
# `make PYTHON=/path/to/python3` chooses the interpreter (3.11 or newer).
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) .ci/bootstrap.py
BENCHMARKS = $(wildcard tests/benchmarks/test_*.py)

.DEFAULT_GOAL := help
.PHONY: help demo test lint types layers forms bench soak bundle clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: .venv/.demo  ## open the window on a school of its own (without a display: draw it to demo.png)
	@$(BOOTSTRAP) check demo
	@.ci/demo

test: .venv/.dev  ## run the suite
	@$(BOOTSTRAP) check test
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q

soak: .venv/.dev  ## run the tests that take minutes
	@$(BOOTSTRAP) check test
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -m slow --timeout 3600

bench: .venv/.dev  ## measure, into bench.json
	@$(BOOTSTRAP) check test
ifeq ($(BENCHMARKS),)
	@echo "No benchmarks yet."
else
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/benchmarks --benchmark-only --benchmark-json=bench.json --timeout 3600
endif

lint: .venv/.dev  ## ruff, mypy --strict, layers; all are run, any failure counts
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports || status=1; \
	exit $$status

forms: .venv/.dev  ## compile ui/*.ui into lms_desktop/forms
	$(BIN)/python resources/compile.py

bundle: .venv/.dev  ## one folder that runs without Python, in dist/
	$(BIN)/python -m pip install --quiet --editable '.[bundle]'
	$(BIN)/pyinstaller --noconfirm --clean lms_desktop.spec

clean:  ## remove everything that was made here
	rm -rf .venv build dist htmlcov .coverage .coverage.* bench.json demo.png
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find lms_desktop tests migrations resources -type d -name __pycache__ -prune -exec rm -rf {} +

.venv/.demo: pyproject.toml
	@$(BOOTSTRAP) install demo

.venv/.dev: pyproject.toml
	@$(BOOTSTRAP) install dev
