# `make` prints what there is. Every target installs what it needs; nothing is taken from the machine
# but Python, and a browser if there is one.

PORT     ?= 8000
AWS_PORT ?= 8001
SITEURL  ?=
export PORT AWS_PORT

# 3.13 is what the functions run on; an older machine may still run and test everything.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 /usr/bin/python3; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN    := .venv/bin

# Never with -q: it hides what --fatal should stop at.
PELICAN := $(BIN)/pelican --fatal=warnings --settings pelicanconf.py

# An address, a proxy or an index set on this machine must not end up in a build.
export AWS_DEFAULT_REGION = eu-central-1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

SITE_SOURCES    := $(shell find site pelicanconf.py backend/chalicelib/domain backend/chalicelib/templates \
                     -type f -not -path '*/__pycache__/*' 2>/dev/null)
BACKEND_SOURCES := $(shell find backend infra/template.yaml -type f -not -path '*/__pycache__/*' \
                     -not -path '*.egg-info*' -not -path '*/.chalice/deployments/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test audit lint format site package lock browser clean

help: ## what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: build/site/.built build/backend/sam.json .venv-aws/.installed ## the whole system on http://127.0.0.1:$PORT/
	@$(BIN)/python -m infra.local

test: .venv/.installed .venv-aws/.installed build/site/.built build/backend/sam.json browser ## every suite
	@$(BIN)/pytest $(PYTEST)

audit: build/site/.built tests/audit/node_modules/.installed browser ## what needs Node or Java: the HTML and accessibility checkers
	@$(BIN)/python -m tests.audit.pages build/audit
	@$(call need_command,java,default-jre-headless)
	@java -jar tests/audit/node_modules/vnu-jar/build/dist/vnu.jar --errors-only --skip-non-html \
	    build/site build/audit
	@echo "HTML checker: no errors on $$(find build/site build/audit -name '*.html' | wc -l) pages"
	@$(BIN)/python -m tests.audit.axe

lint: build/site/.built build/backend/sam.json ## ruff, mypy, CloudFormation
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/cfn-lint build/backend/sam.json

format: .venv/.installed ## let ruff put the code in shape
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

site: .venv/.installed ## the static site, in build/site; for another address: SITEURL=https://…/path, in build/public
	@SITEURL='$(SITEURL)' $(PELICAN) --output $(if $(SITEURL),build/public,build/site)

package: build/backend/sam.json ## the template and the zip that go to AWS, in build/backend

browser: .venv/.installed ## a Chromium for the browser tests, if there is none yet
	@$(BIN)/python tests/browser/chromium.py

lock: ## resolve the dependencies again and write the lock files
	@test -d .venv-lock || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet 'uv>=0.13'
	@cd backend && ../.venv-lock/bin/uv pip compile ../pyproject.toml $(LOCK) --output-file requirements.txt
	@.venv-lock/bin/uv pip compile pyproject.toml --group dev $(LOCK) --output-file requirements.lock
	@.venv-lock/bin/uv pip compile infra/local/requirements.in $(LOCK) --output-file infra/local/requirements.lock

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove what was built and installed, and the local data
	@rm -rf build .local .venv .venv-aws .venv-lock tests/audit/node_modules


.venv/.installed: requirements.lock pyproject.toml
	@$(call need_python)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# MiniStack pins its own botocore, so it has its own environment.
.venv-aws/.installed: infra/local/requirements.lock
	@$(call need_python)
	@test -x .venv-aws/bin/python || $(PYTHON) -m venv .venv-aws
	@.venv-aws/bin/pip install --quiet --require-hashes -r infra/local/requirements.lock
	@touch $@

tests/audit/node_modules/.installed: tests/audit/package-lock.json
	@$(call need_command,npm,nodejs npm)
	@cd tests/audit && npm ci --silent
	@touch $@

build/site/.built: .venv/.installed $(SITE_SOURCES)
	@SITEURL= $(PELICAN) --output build/site
	@touch $@

build/backend/sam.json: .venv/.installed $(BACKEND_SOURCES)
	@rm -rf build/backend
	@find backend -name __pycache__ -prune -exec rm -rf {} +
	@$(BIN)/chalice --project-dir backend package --stage aws --merge-template ../infra/template.yaml ../build/backend
	@# Chalice answers YAML with YAML, and with aliases, which CloudFormation does not read.
	@cd build/backend && ../../$(BIN)/python -c 'import json, sys, yaml; \
	    json.dump(yaml.safe_load(sys.stdin), sys.stdout, indent=1)' < sam.yaml > sam.json.new
	@cd build/backend && rm sam.yaml && mv sam.json.new sam.json

# A program, and the Debian packages that bring it where it is missing.
define need_command
command -v $(1) >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $(2) >/dev/null; } \
    || { echo "$(1) is needed: install it." >&2; exit 1; }
endef

define need_python
test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (3.13 for a deployment)." >&2; exit 1; }
endef
