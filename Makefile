# Everything runs in .venv, which is made on first use and brought up to date when pyproject.toml has changed.
# `make PYTHON=/path/to/python3` chooses the interpreter (3.11 or newer).
# Asked by running it: what is found on the path may be a version manager's stand-in for a Python that is not there.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
BOOTSTRAP = $(or $(PYTHON),$(error Python 3.11 or newer is needed and was not found)) .ci/bootstrap.py
PYTEST := QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help demo test lint forms translations schemas bench soak bundle clean demo-environment dev-environment

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' Makefile

demo: demo-environment  ## open the window on a school of its own; without a display, draw it to demo.png
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		exec $(BIN)/lms-desktop demo; \
	else \
		echo "No display found: drawing the window to demo.png instead ..."; \
		$(BIN)/lms-desktop demo --screenshot demo.png --page enrollments --sign-in registrar@lms.com \
			&& echo "The window as a registrar sees it is in $(CURDIR)/demo.png"; \
	fi

# The guard against a crashing Qt binding goes first, alone: the files are shared out among processes after it.
test: dev-environment  ## run the suite
	$(PYTEST) tests/test_0_binding.py
	$(PYTEST) --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

soak: dev-environment  ## run the tests that take minutes
	$(PYTEST) -m slow --timeout 3600

# `make bench SCALE=5 DATA=/somewhere` makes ten million enrollments there; what is filled once is kept. With
# AGAINST=a.json, the figures of scale 1, it is judged by these.
SCALE ?= 1
DATA ?= $(or $(TMPDIR),/tmp)/lms-bench
bench: dev-environment  ## measure everything at scale against its limits, into bench.json and bench-scale.json
	@status=0; \
	$(PYTEST) tests/benchmarks --benchmark-only --benchmark-json=bench.json --timeout 3600 || status=1; \
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks.scale --scale $(SCALE) --data $(DATA) \
		--out bench-scale.json $(if $(AGAINST),--against $(AGAINST)) || status=1; \
	exit $$status

lint: dev-environment  ## ruff, mypy --strict, layers: all are run, any failure counts
	@status=0; \
	for tool in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do \
		echo "$$tool"; $(BIN)/$$tool || status=1; \
	done; \
	exit $$status

forms: dev-environment  ## compile ui/*.ui into lms_desktop/forms
	$(BIN)/python resources/compile.py

translations: dev-environment  ## bring resources/translations up to date with the texts in the sources
	$(BIN)/python resources/translate.py

schemas: dev-environment  ## write down what each revision gives, after a new one was written
	$(BIN)/python resources/record_schemas.py

bundle: dev-environment  ## a folder that runs on machines without Python, in dist/
	$(BIN)/python -m pip --disable-pip-version-check --quiet install --editable '.[bundle]'
	$(BIN)/pyinstaller --noconfirm --clean lms_desktop.spec

clean:  ## remove everything that was made here
	rm -rf .venv build dist htmlcov .coverage .coverage.* bench.json bench-scale.json demo.png
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find .ci lms_desktop tests migrations resources -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

demo-environment:
	@$(BOOTSTRAP) demo

dev-environment:
	@$(BOOTSTRAP) dev
