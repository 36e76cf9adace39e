# Every target works in a fresh clone. `make test` is what CI runs.

GO        ?= go
# Tests against emulators wait more than they compute.
E2E       := $(GO) test -timeout 20m -count=1 -parallel 4 ./e2e/...
BIN       := bin
LINT      := $(BIN)/golangci-lint
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.PHONY: build
build: ## build bin/reconciler
	$(GO) build -trimpath -ldflags='-s -w' -o $(BIN)/reconciler ./cmd/reconciler

.PHONY: tools
tools: ## install what the tests talk to, into .cache
	tools/install

.PHONY: test
test: tools ## install what the tests need and run them all, e2e included
	$(GO) vet ./...
	$(GO) test -timeout 20m $$($(GO) list ./... | grep -v /e2e)
	$(E2E)

.PHONY: e2e
e2e: tools ## only the suites against emulators
	$(E2E)

.PHONY: conformance
conformance: tools ## how the sandbox, moto and ministack do as AWS does, check by check
	cd e2e && $(GO) test -timeout 10m -count=1 -run '^TestConformance$$'

.PHONY: soak
soak: tools ## daemons, and then members alone, killed and paused at random for SOAK (default 10m) each
	$(GO) test ./e2e -timeout 0 -count=1 -v -run '^Test(Daemon|Members)Soak$$' -soak $(or $(SOAK),10m)

.PHONY: throughput
throughput: tools ## calls per second of the sandbox, moto and ministack, 1500 calls each
	$(GO) test ./e2e -timeout 10m -run '^$$' -bench '^BenchmarkThroughput$$' -benchtime 1500x

.PHONY: race
race: tools ## the parts that run things in parallel, under the race detector
	CGO_ENABLED=1 $(GO) test -race -timeout 20m ./pkg/reconcile/... ./pkg/awsapi/... ./pkg/daemon/lease ./internal/sandbox

.PHONY: golden
golden: tools ## rewrite golden files and scripts from what the code does now
	for package in $$(git grep -l 'flag.Bool("update"' -- '*_test.go' | xargs -n1 dirname | sort -u); do $(GO) test ./$$package -update || exit 1; done

.PHONY: arch
arch: ## only the tests of the tree itself
	$(GO) test ./internal/archtest

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (default 20s) each
	tools/fuzz $(or $(FUZZTIME),20s)

.PHONY: bench
bench: ## benchmarks; AWS calls and allocations are the figures to look at
	$(GO) test -run '^$$' -bench . -benchmem ./pkg/... ./internal/...

.PHONY: cover
cover: tools ## statement coverage of the whole tree
	$(GO) test -timeout 20m -coverpkg=./... -coverprofile=cover.out ./... && $(GO) tool cover -func=cover.out | tail -1

$(LINT): tools.mod tools.sum
	@mkdir -p $(BIN)
	$(GO) build -modfile=tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: lint
lint: $(LINT) ## golangci-lint; the first run builds it, which takes some minutes
	$(LINT) run ./...

.PHONY: vuln
vuln: ## known vulnerabilities in what we call; needs the network
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

.PHONY: sandbox
sandbox: ## serve the embedded AWS on 127.0.0.1:4566
	$(GO) run ./cmd/reconciler sandbox

.PHONY: presubmit
presubmit: ## what CI does
	.ci/run
