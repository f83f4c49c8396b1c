# Every recipe is one command; what it does is in manage.py and tools/.
PYTHON ?= python3
RUN := .venv/bin/python
# Compiling our thousand modules anew in each of the processes costs more than all the rest of a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up test lint coverage mutants reset screenshots bench lock
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: ## install what is missing and start the whole product
	@$(PYTHON) tools/bootstrap.py run
	@$(RUN) manage.py up

test: ## everything that CI checks
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) tools/check.py

lint: ## formatting, lint, types, import contracts
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) tools/check.py --lint

coverage: ## branch coverage of the ledger and the settlement: complete, or it says what is open
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) -m coverage run -m pytest -q tests/ledger tests/incentives && $(RUN) -m coverage report

mutants: ## change the settlement's arithmetic in every way there is: what its tests do not notice
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) -m mutmut run && $(RUN) -m mutmut results

reset: ## throw away the data of `make up` and start over
	@$(PYTHON) tools/bootstrap.py run
	@$(RUN) manage.py reset

screenshots: ## every page in both themes and three widths, into var/screenshots
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) tools/screenshots.py

bench: ## all benches; the results go to bench/RESULTS.md
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) tools/bench.py

lock: ## resolve the dependencies of pyproject.toml and package.json again
	@$(PYTHON) tools/bootstrap.py dev
	@$(RUN) tools/lock.py
