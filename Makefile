# Mingbai. `make` alone tells what can be made; two commands start it: git clone, make demo.

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
# The machine's own Python (3.11 or later) is used; none is ever downloaded.
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
export PATH := $(CURDIR)/.venv/bin:$(PATH)
RUN := $(UV) run --frozen --no-sync

# Rooms whose behaviour depends on the database: tested on SQLite with everything else, and on PostgreSQL again.
ON_POSTGRES := $(wildcard tests/scenarios src/mingbai/gate/feed/tests \
	$(foreach room,ledger people calls numbers tariffs channels notices consent orders admission cases detection web,src/mingbai/$(room)/tests))

# A file's tests share a worker; the longest files stand first, so that no worker is left with one at the end.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder --durations 12

.DEFAULT_GOAL := help
.PHONY: help demo run setup compiled check test test-sip test-sms bench bench-sip bench-detect clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-9s %s\n' "$$name" "$$what"; done

demo: | $(UV) ## a made town on this machine, its calls going through the gate; prints the address to open
	@$(UV) sync --frozen --no-dev --inexact --quiet
	@$(RUN) mingbai demo $(ARGS)

run: | $(UV) ## the installation in MINGBAI_HOME (make it once with: mingbai init)
	@$(UV) sync --frozen --no-dev --inexact --quiet
	@$(RUN) mingbai run $(ARGS)

setup: | $(UV) ## everything that check, test and bench need (installs Debian packages when allowed)
	@scripts/system-packages test
	@$(UV) sync --frozen --quiet
	@scripts/sip-python
	@scripts/sms-centre

compiled: | $(UV) ## the way of a call as machine code, which gate and SIP proxy then run (needs gcc)
	@scripts/system-packages compile
	@$(UV) sync --frozen --inexact --quiet --group compile
	@$(RUN) scripts/compile-gate

check: setup ## style, types, walls between rooms, migrations, translations
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports
	DJANGO_SETTINGS_MODULE=mingbai.settings.testing $(RUN) python manage.py makemigrations --check --dry-run
	@if [ -x scripts/messages ]; then $(RUN) scripts/messages --check; fi

test: check compiled ## everything: checks, all tests, then what depends on the database again on PostgreSQL
	$(RUN) pytest $(PARALLEL)
	MINGBAI_COMPILED=require $(RUN) pytest $(PARALLEL) src/mingbai/gate/tests
	scripts/with-postgres $(RUN) pytest $(PARALLEL) -m "not browser" $(ON_POSTGRES)

test-sms: setup ## messages through a real SMS centre; part of test
	$(RUN) pytest $(PARALLEL) tests/smpp

test-sip: setup compiled ## the gate inside the real Kamailio; part of test
	$(RUN) pytest $(PARALLEL) tests/sip

bench: setup compiled ## the figures that the README names, into build/bench.json
	scripts/bench

bench-sip: setup compiled ## the figures of the gate inside Kamailio; part of bench
	scripts/bench sip

bench-detect: setup ## the figures of detection: speed, rightness, by the hour; part of bench
	scripts/bench detect detect_town detect_live

clean: ## remove what was built and the demo's town; a real installation's MINGBAI_HOME is never touched
	rm -rf .venv .venv-sip .venv-sip.lock .tools .compiled .mingbai-demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/bin/uv:
	@scripts/system-packages demo
	python3 -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
