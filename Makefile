# Two commands do everything on a fresh machine with Python 3.11: 'make chat' and 'make test'. 'make help' lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help env chat folder index test lint types evals evals-written model picture dev system ops \
  formats bench-ingest kill-test injection load fuzz audit sbom lock hashes

# May be given on the command line: make chat CORPUS=some/folder PORT=8080 HOST=0.0.0.0
CORPUS = corpus
PORT = 7860
HOST = 127.0.0.1
PYTHON = $(shell for p in python3.11 python3 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

# corpus/ has the index that the commands use by themselves; any other folder has a place of its own, also for its conversations.
ifeq ($(CORPUS),corpus)
INDEX = $(or $(DOSSIER_INDEX),.dossier/index)
else
INDEX = .dossier/$(shell cd '$(CORPUS)' 2>/dev/null && basename "$$(pwd -P)" | tr -cs 'A-Za-z0-9\n' - && pwd -P | cksum | cut -d' ' -f1)
INDEX := $(subst $() ,-,$(INDEX))/index
endif

VENV := .venv
RUN := $(VENV)/bin/python
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Of pip only a line for every 25 packages is shown, and its errors; the rest goes to .venv/pip.log.
COUNT := awk '/^Collecting/ { if (++n % 25 == 0) { print "    " n " pakketten opgehaald"; fflush() } } \
  /^Installing collected/ { print "    " n + 0 " pakketten opgehaald; nu uitpakken"; fflush() }'
INSTALL = set -o pipefail; $(RUN) -m pip install --progress-bar off --log $(VENV)/pip.log --constraint constraints.txt --editable

help: ## deze lijst
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /make \1|/' | column -t -s '|'

env: $(VENV)/.model model ## alleen de omgeving: .venv met pakketten en modellen

# The language model is large: without room for it everything else works, and answers are quotes.
model: $(VENV)/.packages ## het taalmodel voor antwoorden in eigen woorden (1,1 GB, en 1,1 GB in de cache), als daar plaats voor is
	@if [ -e $(VENV)/.llm ]; then exit 0; fi; \
	free=$$(df -Pk . | awk 'NR == 2 { print int($$4 / 1048576) }'); \
	if [ "$$free" -lt 4 ]; then echo "Het taalmodel is niet geïnstalleerd: $$free GB schijfruimte vrij, 4 GB nodig. Antwoorden zijn citaten."; exit 0; fi; \
	echo "==> Taalmodel installeren (1,1 GB; ongeveer een minuut)"; \
	{ $(INSTALL) '.[model]' | $(COUNT); } && touch $(VENV)/.llm || \
	  echo "Het taalmodel is niet te installeren (zie $(VENV)/pip.log). Antwoorden zijn citaten." >&2

chat: folder env index ## alles voor een verse machine: omgeving, modellen, index en webchat (CORPUS=map PORT=7860 HOST=127.0.0.1)
	@echo "==> Webchat starten op http://$(HOST):$(PORT)"
	@exec $(RUN) -m app chat --host '$(HOST)' --port '$(PORT)' --index '$(INDEX)'

folder:
	@test -d '$(CORPUS)' || { echo "De map '$(CORPUS)' bestaat niet. Noem er een die er is: make chat CORPUS=map" >&2; exit 2; }

index: folder env ## de index van CORPUS bijwerken
	@echo "==> Documenten van '$(CORPUS)' indexeren (alleen wat nieuw of veranderd is)"
	@$(RUN) -m ingest '$(CORPUS)' --index '$(INDEX)' || test $$? = 1  # 1: een bestand is niet gelezen; het staat hierboven

test: system dev lint types ## alles voor een verse machine: omgeving, browser, ruff, mypy en alle tests
	@echo "==> Tests (een paar minuten)"
	@$(RUN) -m pytest

lint: dev ## ruff
	@echo "==> ruff"
	@$(RUN) -m ruff check .

types: dev ## mypy --strict over ingest, app en evals
	@echo "==> mypy --strict"
	@$(RUN) -m mypy --strict

evals: env ## meten tegen bekende feiten, met de drempels van evals/thresholds.yaml
	@$(RUN) -m evals run evals/sets/feitenbladen.yaml --corpus corpus --index .dossier/evals/index-feitenbladen --gate evals/thresholds.yaml
	@if [ -d ../shared/corpus ]; then \
	  $(RUN) -m evals run ../shared/gold/actieagenda.yaml --corpus ../shared/corpus --index .dossier/evals/index-actieagenda --gate evals/thresholds.yaml; \
	  $(RUN) -m evals briefing evals/briefings/actieagenda.yaml --corpus ../shared/corpus --index .dossier/evals/index-actieagenda --today 2026-03-20; \
	else echo "Overgeslagen: de meting op de originele stukken (../shared/corpus is er niet)"; fi

evals-written: env ## antwoorden in eigen woorden meten naast citaten, op ../shared of anders op de feitenbladen (een half uur)
	@set=evals/sets/feitenbladen.yaml; corpus=corpus; \
	if [ -d ../shared/corpus ]; then set=../shared/gold/actieagenda.yaml; corpus=../shared/corpus; fi; \
	$(RUN) -m evals written $$set --corpus $$corpus --index .dossier/evals/index-$$(basename $$set .yaml)

picture: system dev ## de foto's van de pagina in het README opnieuw maken
	@$(RUN) tests/app/make_picture.py

# The long forms of what the tests do briefly, and measurements; LOW keeps the machine usable meanwhile.
LOW = nice -n 15 $(RUN)

formats: system dev ## zijn de antwoorden gelijk als een stuk PDF, DOCX, HTML of scan is? (15 minuten)
	@$(LOW) -m evals formats ../shared/gold/actieagenda.yaml --originals ../shared/corpus --formats ../shared/formats

bench-ingest: env ## passages per seconde, en het aandeel van het model, over 2.000 passages
	@$(RUN) -m evals.bench_ingest

kill-test: dev ## 50 keer kill -9 tijdens indexeren, terugzetten en antwoorden, ook met een Chroma-server (45 minuten)
	@KILLS=50 $(RUN) -m pytest -s tests/ingest/test_kill.py tests/ingest/test_backup.py tests/app/test_kill_answering.py

injection: dev ## alle stukken met een opdracht erin; MODES=quoted,written
	@INJECTIONS=all INJECTION_MODES=$(or $(MODES),quoted) $(LOW) -m pytest -s tests/app/test_injection.py

load: dev ## tien minuten twintig mensen, op deze machine
	@LOAD_SECONDS=600 $(RUN) -m pytest -s tests/app/test_load.py

fuzz: dev ## elke lezer vijf minuten beschadigde bestanden
	@FUZZ_SECONDS=300 $(LOW) -m pytest -s tests/ingest/test_fuzz.py

audit: ops ## bekende kwetsbaarheden (internet nodig) en licenties
	@$(RUN) .ci/audit

sbom: ops ## de stuklijst van deze omgeving (CycloneDX) in .dossier/sbom.json
	@mkdir -p .dossier
	@$(VENV)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o .dossier/sbom.json $(RUN)
	@echo "Stuklijst: .dossier/sbom.json"

lock: ops ## .ci/requirements.lock opnieuw maken: alle pakketten met hun controlesommen
	@$(RUN) -m piptools compile $(LOCKING) pyproject.toml
	@sed -i -E 's/^([^ #]+==[^ +]+)\+[a-z0-9]+ /\1 /' .ci/requirements.lock  # no local version: torch is pinned without '+cpu'
	@sed -i "1i # Every package of constraints.txt with the SHA-256 of its files. Made by 'make lock', checked by 'make hashes'." .ci/requirements.lock

hashes: ops ## elk pakket van .ci/requirements.lock ophalen en zijn controlesom nakijken, zonder iets te installeren
	@$(RUN) -m pip install --dry-run --quiet --ignore-installed --no-deps --require-hashes -r .ci/requirements.lock && echo "Alle controlesommen kloppen."

LOCKING := --generate-hashes --all-extras --constraint constraints.txt --output-file .ci/requirements.lock --strip-extras --allow-unsafe \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet

dev: $(VENV)/.dev

ops: $(VENV)/.ops

# Each step leaves a stamp in .venv, so that a second run passes it by.
$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo "Python 3.11 of nieuwer is nodig en niet gevonden (of noem het: make PYTHON=/pad/naar/python3.11)." >&2; exit 1; }
	@echo "==> Omgeving .venv maken met $$('$(PYTHON)' --version)"
	@'$(PYTHON)' -m venv $(VENV) || { echo "Dat lukte niet. Op Debian en Ubuntu: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.packages: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "==> Pakketten installeren (de eerste keer 2 tot 5 minuten, ongeveer 2 GB)"
	@$(INSTALL) '.[evals]' | $(COUNT)
	@touch $@

$(VENV)/.model: $(VENV)/.packages
	@echo "==> Meegeleverd embeddingmodel klaarzetten (ongeveer 15 seconden)"
	@$(RUN) -c 'from ingest.embed import SentenceTransformerEncoder as E; from ingest.settings import settings; E(settings()).load()' \
	  >$(VENV)/model.log 2>&1 || { tail -n 1 $(VENV)/model.log >&2; exit 1; }  # the model library warns of layers that are not used
	@touch $@

$(VENV)/.dev: $(VENV)/.model | model
	@echo "==> Testgereedschap installeren (ongeveer een halve minuut)"
	@$(INSTALL) '.[evals,dev]' | $(COUNT)
	@touch $@

$(VENV)/.ops: $(VENV)/.dev
	@echo "==> Gereedschap voor beheer installeren"
	@$(INSTALL) '.[evals,dev,ops]' | $(COUNT)
	@touch $@

# What the tests need that pip does not have: a browser to look at the page with, and OCR for scans.
APT := chromium tesseract-ocr tesseract-ocr-nld
system:
	@if command -v chromium >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx nld; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "De tests hebben Chromium en Tesseract met Nederlands nodig; installeer die eerst." >&2; exit 1; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "De tests hebben een browser en tekstherkenning nodig. Voer uit: sudo apt-get install -y $(APT)" >&2; exit 1; fi; \
	echo "==> Browser en tekstherkenning installeren met apt-get: $(APT) (ongeveer een minuut)"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $(APT) >/dev/null
