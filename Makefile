# Two commands: `make lab` opens the course, `make test` proves it.
# Another Python than python3: make test PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
TWO := --numprocesses=2 --dist=loadfile  # two files at a time; the notebooks need both cores for one
BOOKS ?= $(sort $(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb))

.PHONY: lab test quick notebooks links

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

lab: .venv/.ready                # JupyterLab on 127.0.0.1, in the folder of the notebooks
	$(BIN)/jupyter lab --ip=127.0.0.1 --notebook-dir=notebooks $(LAB)

test: .venv/.ready               # the unit tests, then every notebook as a test
	$(BIN)/python -m pytest $(TWO)
	$(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout=600 notebooks

quick: .venv/.ready              # the fast unit tests alone
	$(BIN)/python -m pytest $(TWO) -m 'not slow'

notebooks: .venv/.ready          # run in place from a fresh kernel: make notebooks BOOKS=notebooks/08_pronunciation.ipynb
	$(BIN)/python tools/course.py run $(BOOKS)

links: .venv/.ready              # badges, first cells and the README's tables
	$(BIN)/python tools/course.py links
