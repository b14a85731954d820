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
PELICAN := $(BIN)/python -m pelican --fatal=warnings --settings pelicanconf.py

# An address, a proxy or an index set on this machine must not end up in a build.
export AWS_DEFAULT_REGION = eu-central-1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# Python starts a hundred times in a run of the tests: what it compiled must be there still.
unexport PYTHONDONTWRITEBYTECODE

SITE_SOURCES    := $(shell find site media pelicanconf.py docs/openapi.yaml backend/chalicelib/domain backend/chalicelib/templates \
                     -type f -not -path '*/__pycache__/*' 2>/dev/null)
BACKEND_SOURCES := $(shell find backend infra/template.yaml infra/templates infra/global.yaml infra/functions \
                     infra/response-headers.json infra/assemble.py infra/edge.py infra/watch.py infra/packing.py infra/models.py -type f -not -path '*/__pycache__/*' \
                     -not -path '*.egg-info*' -not -path '*/.chalice/deployments/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run site-dev test faults load bench audit lint advisories format site publish films statement toolkit posters package lock browser clean \
        deploy rollback destroy smoke export import costs sbom

help: ## what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: build/site/.built build/backend/sam.json .venv-aws/.installed ## the whole system on http://127.0.0.1:$PORT/
	@$(BIN)/python -m infra.local

site-dev: .venv/.installed ## the site on http://127.0.0.1:$PORT/, rebuilt and reloaded at each edit
	@$(BIN)/python -m infra.site_dev

test: .venv/.installed .venv-aws/.installed build/site/.built build/backend/sam.json .venv-runtime/.installed browser ## every suite
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST)

faults: .venv/.installed .venv-aws/.installed build/site/.built build/backend/sam.json ## each call to AWS failing in every way, and what became of it; a part: ONLY=SendEmail, WAYS=OWN,ERASED
	@$(BIN)/python -m tests.faults $(if $(ONLY),'$(ONLY)') $(if $(WAYS),--ways $(WAYS))

load: .venv/.installed .venv-aws/.installed build/site/.built build/backend/sam.json ## 10,000 registrations at once; fewer: COUNT=300
	@$(BIN)/python -m tests.load $(COUNT)

audit: .venv/.installed tests/audit/node_modules/.installed browser ## what needs Node, Java or hunspell: HTML, accessibility, Lighthouse, spelling
	@$(BIN)/python -m tests.audit.pages
	@$(call need_command,java,default-jre-headless)
	@java -jar tests/audit/node_modules/vnu-jar/build/dist/vnu.jar --errors-only --skip-non-html \
	    build/audit/site build/audit/pages
	@echo "HTML checker: no errors on $$(find build/audit/site build/audit/pages -name '*.html' | wc -l) pages"
	@$(BIN)/python -m tests.audit.axe
	@$(BIN)/python -m tests.audit.lighthouse
	@$(call need_command,hunspell,hunspell hunspell-nl)
	@$(BIN)/python -m tests.language.spelling

bench: .venv/.installed .venv-aws/.installed .venv-bench/.installed .venv-runtime/.installed bench/node_modules/.installed build/backend/sam.json ## cold starts, registrations, desk, site, beside others; into docs/benchmarks.md; a part: PART=cold
	@$(BIN)/python -m bench $(if $(PART),--only $(PART))

lint: build/site/.built build/backend/sam.json ## ruff, mypy, bandit, secrets, CloudFormation, policies
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/bandit --quiet -ll --configfile pyproject.toml --recursive backend bench infra media site/plugins
	@$(BIN)/python -m infra.secret_scan
	@$(BIN)/python -m infra.policies build/backend/sam.json
	@$(BIN)/cfn-lint --regions eu-central-1 --template build/backend/sam.json
	@$(BIN)/cfn-lint --regions us-east-1 --template build/backend/global.json

advisories: .venv/.installed ## known vulnerabilities in what we depend on; needs a network that has the advisories
	@$(BIN)/python -m infra.advisories

format: .venv/.installed ## let ruff put the code in shape
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

site: .venv/.installed ## the static site for the root of any host, in build/site; in a house style: HOUSE_STYLE=folder
	@SITEURL= $(PELICAN) --output build/site
	@touch build/site/.built

publish: .venv/.installed ## the static site for its own address, SITEURL=https://…/path, in build/public
	@test -n '$(SITEURL)' || { echo "Say where: make publish SITEURL=https://www.example.org" >&2; exit 1; }
	@SITEURL='$(SITEURL)' $(PELICAN) --output build/public

films: .venv-media/.installed ## the films whose storyboard changed (their files are in git)
	@PYTHONPATH=backend .venv-media/bin/python -m media.films

statement: ## put what `make audit` found into the accessibility statement
	@cp build/audit/accessibility.json site/data/accessibility.json

toolkit: .venv-media/.installed ## the posters, flyers and documents of the toolkit (in git too)
	@PYTHONPATH=backend .venv-media/bin/python -m media.toolkit

posters: .venv-media/.installed ## a poster for each municipality, in build/posters; for some: SLUGS="aalst gent"
	@PYTHONPATH=backend .venv-media/bin/python -m media.toolkit posters $(SLUGS)

package: build/backend/sam.json ## the template and the zip that go to AWS, in build/backend

deploy: build/backend/sam.json .venv/.installed ## into AWS: STAGE=dev|staging|prod; shows what changes, and asks (docs/runbook.md)
	@SITEURL="$$($(BIN)/python -m infra.deploy address '$(STAGE)')" && SITEURL="$$SITEURL" $(PELICAN) --output build/deployed
	@$(BIN)/python -m infra.deploy deploy '$(STAGE)' --site build/deployed

rollback: .venv/.installed ## back to the deployment before this one: STAGE=…
	@$(BIN)/python -m infra.deploy rollback '$(STAGE)'

destroy: build/backend/sam.json .venv/.installed ## take a stage away; asks for its name: STAGE=…
	@$(BIN)/python -m infra.deploy destroy '$(STAGE)'

smoke: .venv/.installed ## ask a stage in AWS whether all is well; changes nothing: STAGE=…
	@$(BIN)/python -m infra.smoke '$(STAGE)'

export: .venv/.installed ## all of the table into a file: STAGE=… FILE=…; of a copy: TABLE=…
	@$(BIN)/python -m infra.table export '$(STAGE)' '$(FILE)' --table '$(TABLE)'

import: .venv/.installed ## what is missing in the table, from such a file: STAGE=… FILE=…
	@$(BIN)/python -m infra.table import '$(STAGE)' '$(FILE)' --table '$(TABLE)'

costs: build/backend/sam.json ## what it costs a month, from infra/prices.yaml; into docs/costs.md
	@$(BIN)/python -m infra.costs

sbom: build/backend/sam.json ## what is in the zip and what builds the site, for scanners; into docs/licences.md
	@$(BIN)/python -m infra.supply

browser: .venv/.installed ## a Chromium for the browser tests, if there is none yet
	@$(BIN)/python tests/browser/chromium.py

lock: ## resolve the dependencies again and write the lock files
	@test -d .venv-lock || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet 'uv>=0.13'
	@cd backend && ../.venv-lock/bin/uv pip compile ../pyproject.toml $(LOCK) --output-file requirements.txt
	@.venv-lock/bin/uv pip compile pyproject.toml --group dev $(LOCK) --output-file requirements.lock
	@.venv-lock/bin/uv pip compile infra/local/requirements.in $(LOCK) --output-file infra/local/requirements.lock
	@.venv-lock/bin/uv pip compile bench/requirements.in $(LOCK) --output-file bench/requirements.lock
	@.venv-lock/bin/uv pip compile media/requirements.in $(LOCK) --output-file media/requirements.lock
	@.venv-lock/bin/uv pip compile tests/runtime/requirements.in $(LOCK) --output-file tests/runtime/requirements.lock
	@for rival in bare chalice fastapi flask powertools; do \
	    .venv-lock/bin/uv pip compile bench/rivals/$$rival/requirements.in $(LOCK) \
	        --output-file bench/rivals/$$rival/requirements.txt || exit 1; done

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove what was built and installed, and the local data
	@rm -rf build .local .venv .venv-* tests/audit/node_modules bench/node_modules


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

# AWS's own runtime client and nothing else: the packaged zip must bring all that it needs.
.venv-runtime/.installed: tests/runtime/requirements.lock
	@$(call need_python)
	@test -x .venv-runtime/bin/python || $(PYTHON) -m venv .venv-runtime
	@.venv-runtime/bin/pip install --quiet --require-hashes -r tests/runtime/requirements.lock
	@touch $@

# Films and print: what draws and encodes them would double the environment of the rest.
.venv-media/.installed: media/requirements.lock
	@$(call need_python)
	@test -x .venv-media/bin/python || $(PYTHON) -m venv .venv-media
	@.venv-media/bin/pip install --quiet --require-hashes -r media/requirements.lock
	@touch $@

tests/audit/node_modules/.installed: tests/audit/package-lock.json
	@$(call need_command,npm,nodejs npm)
	@cd tests/audit && npm ci --silent
	@touch $@

# What our build is measured beside; nothing else uses it.
.venv-bench/.installed: bench/requirements.lock
	@$(call need_python)
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --require-hashes -r bench/requirements.lock
	@touch $@

bench/node_modules/.installed: bench/package-lock.json
	@$(call need_command,npm,nodejs npm)
	@cd bench && npm ci --silent
	@touch $@

build/site/.built: .venv/.installed $(SITE_SOURCES)
	@SITEURL= $(PELICAN) --output build/site
	@touch $@

build/backend/sam.json: .venv/.installed $(BACKEND_SOURCES)
	@rm -rf build/backend
	@find backend -name __pycache__ -prune -exec rm -rf {} +
	@$(BIN)/chalice --project-dir backend package --stage aws --merge-template ../infra/template.yaml ../build/backend
	@$(BIN)/python -m infra.packing build/backend/deployment.zip
	@$(BIN)/python -m infra.assemble build/backend

# A program, and the Debian packages that bring it where it is missing.
define need_command
command -v $(1) >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $(2) >/dev/null; } \
    || { echo "$(1) is needed: install it." >&2; exit 1; }
endef

define need_python
test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (3.13 for a deployment)." >&2; exit 1; }
endef
