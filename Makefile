# GaitForge. `make` alone lists what can be done.

PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch==2.13.0
CPU_TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
GRAPHICS_PACKAGES = libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libgles2 libglu1-mesa
SLOW_BENCHMARKS = bench_mechanisms bench_prediction compare_prediction crosscheck_corpus
DRAWN_BENCHMARKS = bench_render bench_aids
READER_BENCHMARKS = bench_reader bench_reader_ablations
BENCHMARKS = $(filter-out $(SLOW_BENCHMARKS) $(DRAWN_BENCHMARKS) $(READER_BENCHMARKS),$(notdir $(basename $(wildcard benchmarks/bench_*.py))))
COHORT_TO_DRAW ?= runs/tiny
READER_COHORT ?= runs/reader
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
GAITFORGE = $(VENV)/bin/gaitforge

export OMP_NUM_THREADS = 1
export PYOPENGL_PLATFORM = egl
export READER_COHORT

.DEFAULT_GOAL := help
.PHONY: help setup graphics demo tiny test test-slow typecheck lint bench bench-slow bench-physics bench-generator bench-render bench-reader bench-reader-ablations validation validation-slow fill-docs clean clean-runs

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "GaitForge needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Run: apt-get install -y python3-venv"; exit 1; }
	$(PIP) install --quiet --upgrade pip
	@# Without a GPU the CPU build of torch spares gigabytes.
	@if command -v nvidia-smi >/dev/null; then $(PIP) install --quiet 'torch>=2.6,<3'; \
	 elif $(PIP) install --dry-run $(TORCH) 2>/dev/null | grep -q nvidia; then $(PIP) install --quiet $(TORCH) --index-url $(CPU_TORCH_INDEX); \
	 else $(PIP) install --quiet $(TORCH); fi
	$(PIP) install --quiet --editable '.[dev]'
	@touch $@

setup: $(VENV)/.ready graphics ## virtual environment, packages, graphics libraries

graphics: $(VENV)/.ready
	@$(VENV)/bin/python -c 'import ctypes; [ctypes.CDLL(n) for n in ("libEGL.so.1", "libGL.so.1", "libGLU.so.1")]' 2>/dev/null || { \
	  install="apt-get install -y --no-install-recommends $(GRAPHICS_PACKAGES)"; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && $$install; \
	  elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo $$install; \
	  else echo "Headless graphics are missing. Run: sudo $$install"; exit 1; fi; }

demo: setup ## the whole chain on real input: cohort with video, a reader trained on another, both read and reported (about 10 minutes)
	$(GAITFORGE) cohort configs/cohorts/quickstart.yaml -o runs/quickstart
	$(GAITFORGE) cohort configs/cohorts/reader_small.yaml -o runs/reader_small
	$(GAITFORGE) train runs/reader_small -o runs/small_reader --examples 5000
	@echo "The reader of a minute, then the one that ships, on the same unseen people:"
	$(GAITFORGE) evaluate runs/small_reader runs/reader_small
	$(GAITFORGE) evaluate downstream/weights runs/reader_small
	$(GAITFORGE) evaluate downstream/weights runs/quickstart --split all
	$(GAITFORGE) analyze runs/quickstart/subjects/s00003/w00/side.npz --height 1.79 --age 66 --sex male -o runs/reading
	$(GAITFORGE) report runs/quickstart
	@echo "Look at  runs/quickstart/report.html,  runs/quickstart/subjects/*/w00/*.mp4  and  runs/reading/reading.html"

tiny: setup ## three subjects without video, in seconds
	$(GAITFORGE) cohort configs/cohorts/tiny.yaml -o runs/tiny

test: setup ## the tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/pyright
	$(VENV)/bin/pytest -q -n 2 -m "not slow"

test-slow: setup ## the slow tests alone (some ten minutes on two cores)
	$(VENV)/bin/pytest -q -n 2 -m slow

typecheck: setup ## the type checker
	$(VENV)/bin/pyright

lint: setup ## format and lint
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: setup ## benchmarks: ratios against a reference in the same run; of mechanisms, the worst only
	@for name in $(BENCHMARKS); do echo "== $$name"; $(VENV)/bin/python -m benchmarks.$$name || exit 1; done
	$(VENV)/bin/python -m benchmarks.bench_mechanisms --worst
	$(MAKE) bench-render

bench-slow: setup ## benchmarks of many minutes to hours: every mechanism, and Moco's predictions (go on where they stopped)
	@for name in $(SLOW_BENCHMARKS); do echo "== $$name"; $(VENV)/bin/python -m benchmarks.$$name || exit 1; done

bench-physics: setup ## the physics: acceptance, figures and CPU time of gaits and walks, against OpenSim
	$(VENV)/bin/python -m benchmarks.bench_physics --walks

bench-generator: setup ## the generator: norms, every card, feasibility, likeness to people and corpus (docs/validation/generator.md)
	$(VENV)/bin/python -m benchmarks.bench_generator $(GENERATOR_BENCH)

bench-render: setup ## bodies, floor contact, labels, speed and hands on walking aids, on the walks of COHORT_TO_DRAW (docs/render.md)
	@test -d $(COHORT_TO_DRAW) || $(MAKE) tiny
	@for name in $(DRAWN_BENCHMARKS); do echo "== $$name"; $(VENV)/bin/python -m benchmarks.$$name $(COHORT_TO_DRAW) || exit 1; done

bench-reader: setup ## the reader beside baselines on people of READER_COHORT that it has not learnt from, stored with its model card (docs/validation/reader.md)
	$(VENV)/bin/python -m benchmarks.store_results reader
	$(MAKE) fill-docs

bench-reader-ablations: setup ## slow, hours: small trainings of the reader that each lack something, and by number of people (goes on where it stopped)
	$(VENV)/bin/python -m benchmarks.store_results reader_ablations
	$(MAKE) fill-docs

validation: setup ## figures of docs/validation measured anew, stored and put into its pages (the quick ones: half an hour; needs GAITFORGE_REFERENCE)
	rm -rf runs/stress
	$(GAITFORGE) cohort configs/cohorts/stress.yaml -o runs/stress
	$(VENV)/bin/python -m benchmarks.store_results
	$(MAKE) fill-docs

validation-slow: setup ## the same of the slow ones: mechanisms, adaptation, Moco (go on where they stopped)
	$(VENV)/bin/python -m benchmarks.store_results --slow
	$(MAKE) fill-docs

fill-docs: setup ## stored figures into the pages of docs/validation, nothing measured
	$(VENV)/bin/python -m benchmarks.fill_docs

clean: ## remove the virtual environment and caches of the tools; runs stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

clean-runs: ## remove runs/, all that was made there
	rm -rf runs
