# Two commands do everything: `make lab` opens JupyterLab on the demo, `make test` runs every test.
#
#   make lab LAB_ARGS="--no-browser --port 9999"     options for JupyterLab
#   make test TEST_ARGS="-k search"                  options for pytest; -n 0 for one process
#   make quick                                       the engine and the readers alone, in less than a minute
#   make PYTHON=python3.12 lab                       another Python, 3.10 to 3.13
#   make PIP_ARGS="--index-url ..." lab              options for pip, such as another package index

PYTHON ?= python3
LAB_ARGS ?=
TEST_ARGS ?=
PIP_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet $(PIP_ARGS) --constraint constraints.txt

QUICK := optimal search search_bounds formula signatures activation_ranges upsampling \
	pictures mask_file segmentation broden image_set_readers label_folder malformed_image_sets malformed_pairs \
	data_summary concept_selection published_pairs pair_readers lexicon wordnet word_vectors tagging tokens \
	arguments progress architecture

.PHONY: lab test quick check pages clean

lab: $(VENV)/installed
	JUPYTER_PREFER_ENV_PATH=1 JUPYTER_CONFIG_PATH=$(CURDIR)/lab $(BIN)/jupyter lab $(LAB_ARGS) notebooks/01_vision_neurons.ipynb

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder $(TEST_ARGS)

# What has no network, no study and no page: formulas, signatures, search, files, readers, lexicon.
quick: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder $(QUICK:%=tests/test_%.py) $(TEST_ARGS)

# Style, types (ours, and what mypy and pyright make of a user's script), whether the built pages are those of the sources,
# and the messages between kernel and page those declared.
check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python js/contract.py --check
	cd js && npm run --silent check && npm run --silent types

# The browser side, after a change in compexp_widgets/widgets/*/page.
pages:
	cd js && npm ci --silent && npm run --silent build

$(VENV)/installed: pyproject.toml constraints.txt lab/overrides.json
	$(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV); the first time this takes a few minutes"
	$(PIP) --editable .
	mkdir -p $(VENV)/share/jupyter/lab/settings
	cp lab/overrides.json $(VENV)/share/jupyter/lab/settings/overrides.json
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --editable ".[dev]"
	@if command -v npm >/dev/null; then cd js && npm ci --silent || echo "npm ci failed: the check of the built pages will be skipped"; fi
	touch $@

clean:
	rm -rf $(VENV) js/node_modules
