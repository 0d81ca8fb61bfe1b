# What can be done here. "make" alone lists it.

SHELL = /bin/bash
GO   ?= go

# Pinned: a new version of a tool is a commit here, not a surprise in a build.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.8.0

# What bench runs, and how long fuzz spends on each target.
PKG      ?= ./strategies/... ./workloads/... ./internal/sim/ ./internal/world/ ./internal/metrics/ ./internal/lab/ ./internal/live/
FUZZTIME ?= 30s

.PHONY: help test vet format staticcheck govulncheck servers race incidents example bench peers pgo fuzz soak golden examples

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

test: vet format staticcheck govulncheck servers race incidents example ## everything that must hold before a commit

vet: ## go vet
	$(GO) vet ./...

format: ## gofmt, as a check
	@files=$$(gofmt -l .); \
	if [ -n "$$files" ]; then echo "not as gofmt has it; run: gofmt -w" $$files; exit 1; fi

staticcheck: ## staticcheck, where it can be had
	@GO="$(GO)" .ci/tool staticcheck $(STATICCHECK) ./...

govulncheck: ## known vulnerabilities, where the database can be had
	@GO="$(GO)" .ci/tool govulncheck $(GOVULNCHECK) ./...

servers: ## Redis, memcached and clients of it, nginx, PostgreSQL and Chromium for the tests, where they can be had
	@.ci/servers

race: ## go test, with the race detector where there is a C compiler
	@GO="$(GO)" .ci/race

example: ## Varnish and nginx of examples/, against the expectations of their scenario
	@GO="$(GO)" .ci/example

incidents: ## every incident in virtual time, against its expectations and docs/incidents.md
	@GO="$(GO)" .ci/incidents

bench: ## benchmarks (PKG="./a ./b")
	$(GO) test -run '^$$' -bench . -benchmem $(PKG)

peers: ## the strategies beside the libraries one would otherwise take, pinned, in a module of its own
	cd peers && $(GO) test -run '^$$' -bench . -benchmem -cpu 1,2

pgo: ## train the compiler: write cmd/*/default.pgo from a profile; docs/model.md says what it gains
	@GO="$(GO)" .ci/pgo

fuzz: ## each fuzz target for FUZZTIME (30s)
	@GO="$(GO)" .ci/fuzz $(FUZZTIME)

soak: ## the long runs (HERDLAB_SOAK=1), the laws of the model after every event; fuzz; the catalogue and 100 drawn scenarios on real parts
	HERDLAB_SOAK=1 RAPID_CHECKS=3000 $(GO) test -count=1 -timeout 2h ./...
	@GO="$(GO)" .ci/fuzz $(FUZZTIME)
	@GO="$(GO)" .ci/validate 100

examples: ## real stacks of examples/, measured beside simulated: installs what is missing, half an hour
	@GO="$(GO)" .ci/examples

golden: ## write the golden files anew; commit them only if you understand what changed
	@dirs=$$(grep -rlE --include='*_test.go' 'flag\.Bool(Var)?\(.*"update"' . | xargs -r -n 1 dirname | sort -u); \
	if [ -z "$$dirs" ]; then echo "no package has golden files"; exit 1; fi; \
	for dir in $$dirs; do echo "$(GO) test $$dir -update"; $(GO) test -count=1 "$$dir" -update || exit 1; done
	@GO="$(GO)" .ci/incidents --update
