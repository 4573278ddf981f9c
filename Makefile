# Only calls CMake's presets and the runners of tests/; see README.md.
.PHONY: all dev release try test quick bless lint bench fuzz docs install clean swarm swarm-down test-swarm

all: release

release dev layers:
	@tools/install.sh --quiet
	@cmake --preset $@ >build-$@.log 2>&1 || { cat build-$@.log; rm -f build-$@.log; false; }
	@rm -f build-$@.log
	@cmake --build --preset $@ --parallel
	@ln -sf build/$@/compile_commands.json compile_commands.json

try: release
	@tools/try.sh

# Everything: unit, golden, scripts, layers, fuzz corpora, examples, and the official compiler as the judge.
# `make test COUNT=50` asks the official compiler about fewer random inputs, SEED=7 about others; `make quick` not at all.
test: dev release
	@tests/run.py --count $(or $(COUNT),500) $(if $(SEED),--seed $(SEED))

quick: dev
	@tests/run.py --only unit,golden,headers

# A real swarm on this machine, from the template of the example; see tests/bootstrap/README.md.
swarm: release
	@tests/bootstrap/run up

swarm-down:
	@tests/bootstrap/run down

# Everything that can happen to it, once. ROW='all at once': some of it. TIMES=10: until each row was green ten times in a row,
# counted for one state of what is tested: stop it and call it again as you like. JOBS=4: so many rows side by side.
test-swarm: release
	@tests/bootstrap/run rows $(if $(ROW),--only '$(ROW)') $(if $(TIMES),--times $(TIMES)) $(if $(JOBS),--jobs $(JOBS))

bless: release
	@tests/golden/run.py --bless $(CASE)

lint:
	@tools/install.sh --quiet lint
	@tests/lint.sh

bench: release
	@tests/bench/bench.py

fuzz:
	@tools/install.sh --quiet fuzz
	@tests/fuzz/run.sh $(or $(SECONDS),60)

# docs/swarm-yaml.md, after a change of templates/swarm.bicep.
docs: release
	@build/release/swarmgen schema --reference >docs/swarm-yaml.md

install: release
	@cmake --install build/release

clean:
	@rm -rf build compile_commands.json
