# make run    everything on a fresh machine, then serve the site (PORT=8000)
# make test   everything, then every test
# make site   build dist/
# make panel  serve the same views with Panel (PORT=5006)

PYTHON ?= python3
BIN := .venv/bin
PANEL_PORT := $(or $(PORT),5006)
SITE_PORT := $(or $(PORT),8000)

.PHONY: run test site panel vendor lint bench load soak browsers lock clean

run: site
	@$(BIN)/convoscope serve --port $(SITE_PORT)

site: vendor
	@$(BIN)/convoscope build

panel: .venv/installed
	@echo "Convoscope will be at http://localhost:$(PANEL_PORT)/app  (Ctrl+C stops it)"
	@$(BIN)/panel serve app.py --port $(PANEL_PORT) --warm --websocket-max-message-size 1048576 \
		--allow-websocket-origin localhost:$(PANEL_PORT) --allow-websocket-origin 127.0.0.1:$(PANEL_PORT)

vendor: .venv/installed
	@$(BIN)/convoscope vendor

test: vendor lint
	@browser=$$(scripts/ensure_browser.sh) && CONVOSCOPE_CHROMIUM="$$browser" $(BIN)/python -m pytest -n 2 --dist worksteal --durations=10

lint: .venv/installed
	@$(BIN)/ruff check .
	@$(BIN)/mypy

# The exact versions of constraints.txt; done again only when one of these files changes.
.venv/installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || { echo "Making a virtual environment in .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing what Convoscope needs (about 200 MB the first time)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -c constraints.txt -e '.[dev]'
	@touch $@

# Every benchmark into docs/benchmarks.md and the README. PyTorch, ConvNetJS and TensorFlow.js go into git-ignored folders.
bench: vendor
	@browser=$$(scripts/ensure_browser.sh) && CONVOSCOPE_CHROMIUM="$$browser" $(BIN)/python benchmarks --peers

# How a server bears a class (10 minutes), and what takes long (1 h 20 min). Both write their figures into docs/promises.md.
load: .venv/installed
	@$(BIN)/python benchmarks/load.py

soak: vendor
	@$(BIN)/python benchmarks/soak.py

# What works in Firefox (Debian: apt-get install firefox-esr); writes docs/browsers.md.
browsers: vendor
	@$(BIN)/python benchmarks/browsers.py

# Renew constraints.txt from the newest versions that pyproject.toml allows.
lock:
	$(PYTHON) -m venv .lock && .lock/bin/pip install -q -e '.[dev]'
	{ head -1 constraints.txt; .lock/bin/pip freeze --exclude-editable; } > constraints.new && mv constraints.new constraints.txt
	rm -rf .lock

clean:
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache
