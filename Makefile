# What a newcomer types: `make demo`, `make test`. Each does its own set-up.

.PHONY: help demo play demo-reset test bench check db stop clean packages packages-test prepared
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
# Stopping needs nothing that is installed.
ANY = $(if $(wildcard .venv/bin/python),.venv/bin/python,$(PYTHON))
MANAGE := .venv/bin/python manage.py
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

export PYTHON
export SECRET_KEY_FILE ?= $(CURDIR)/.local/secret_key
demo play demo-reset: export PLAIN_HTTP := 1

help:
	@echo 'make demo        load two real groups, play their year, serve on http://127.0.0.1:$(PORT) (PORT=)'
	@echo 'make play        the same without serving; the papers are in out/'
	@echo 'make demo-reset  throw the demo away and play it again'
	@echo 'make test        run the tests (ARGS=tests/test_x.py to choose)'
	@echo 'make bench       measure the pages beside the least they could cost (TURNS=)'
	@echo 'make check       format, lint, types, templates, migrations, catalogues, deployment'
	@echo 'make db          start the embedded PostgreSQL'
	@echo 'make stop        stop pages and database'
	@echo 'make clean       stop, and remove everything that was made here'

demo: packages .venv/run
	@setup/web check $(PORT)
	@$(MAKE) --no-print-directory play
	@$(MANAGE) collectstatic --noinput -v 0
	@$(MANAGE) accounts
	@setup/web serve $(PORT)

play: prepared
	@$(MANAGE) play

demo-reset: packages .venv/run
	@setup/web stop
	@.venv/bin/python -m emulation.postgres wipe
	@rm -rf out .local/media
	@$(MAKE) --no-print-directory play

test: packages-test .venv/dev db $(CATALOGUES)
	.venv/bin/pytest -n 2 --dist worksteal $(ARGS)

bench: packages-test .venv/dev db $(CATALOGUES)
	@.venv/bin/python -m bench

check: packages-test .venv/dev db $(CATALOGUES)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	.venv/bin/djlint --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	.venv/bin/pytest -q tests/test_catalogues.py
	env -u PLAIN_HTTP -u DEBUG $(MANAGE) check --deploy --fail-level WARNING

db: packages .venv/run .local/secret_key
	@.venv/bin/python -m emulation.postgres start

stop:
	@setup/web stop
	@$(ANY) -m emulation.postgres stop

clean:
	@setup/web stop
	@$(ANY) -m emulation.postgres remove
	@rm -rf .venv .local out *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis $(CATALOGUES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

prepared: db $(CATALOGUES)
	@$(MANAGE) migrate -v 0

packages:
	@setup/packages run

packages-test:
	@setup/packages test

.venv/run .venv/dev: pyproject.toml constraints.txt
	@setup/venv $(@F)

.local/secret_key:
	@mkdir -p -m 755 .local
	@umask 077 && .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

%.mo: %.po
	@msgfmt --check-format -o $@ $<
