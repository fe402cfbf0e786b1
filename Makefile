# NodeMesh: every developer verb. `make help` lists them.
SHELL := /bin/bash
CONFIGURATION ?= Release
DOTNET_FLAGS := -c $(CONFIGURATION) --nologo -v quiet
EXECUTABLES := src/NodeMesh.Cli src/NodeMesh.Proxy src/NodeMesh.Control src/NodeMesh.Agent

.DEFAULT_GOAL := help
.PHONY: bench-soak bench-scale e2e images help deps restore build lint test demo bench bench-quick bench-deps clean cluster cluster-down cluster-cache cluster-check test-nodes

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

deps: ## Install what building, testing and the demo need (Debian packages)
	@scripts/install-deps

restore: deps
	@dotnet restore NodeMesh.sln -v quiet

build: restore ## Build everything; bin/ gets nodemesh and the programs of the mesh
	@dotnet build NodeMesh.sln --no-restore $(DOTNET_FLAGS)
	@for project in $(EXECUTABLES); do dotnet publish $$project --no-build $(DOTNET_FLAGS) -o bin || exit 1; done
	@scripts/ready-to-run bin
	@dotnet publish deploy/samples/shop --no-build $(DOTNET_FLAGS) -o bin/samples
	@dotnet publish tests/NodeMesh.TestPeer --no-build $(DOTNET_FLAGS) -o bin/tests
	@echo "built: bin/nodemesh bin/nodemesh-proxy bin/nodemesh-control bin/nodemesh-agent bin/nodemesh-cni"

lint: restore cluster-cache ## Check format, code style and analyzers
	@dotnet format NodeMesh.sln --no-restore --verify-no-changes --severity error
	@dotnet build NodeMesh.sln --no-restore $(DOTNET_FLAGS)
	@echo "lint: clean"

test: cluster-cache build ## Run every test, the end-to-end ones in network namespaces too (needs root)
	@scripts/run-tests $(CONFIGURATION)

test-nodes: build ## Run the tests that need a real Kubernetes node: kubelet, containerd, pods (needs root)
	@dotnet test tests/NodeMesh.Kubernetes.Tests -c $(CONFIGURATION) --no-build --nologo --filter FullyQualifiedName~Pods.PodTests

demo: build ## A small shop on two nodes: calls, a policy, and the wire between them
	@bin/nodemesh demo $(DEMO_FLAGS)

bench-deps: ## Install what the benchmarks run besides: wrk, iperf3, HAProxy, nginx
	@scripts/install-deps bench

bench: build bench-deps ## All benchmarks: BenchmarkDotNet, then the comparison with HAProxy, nginx and no proxy
	@dotnet run --project bench/NodeMesh.Benchmarks --no-build -c $(CONFIGURATION) -- $(or $(BENCH_FLAGS),--filter '*') --inProcess --job short
	@dotnet run --project bench/NodeMesh.Compare --no-build -c $(CONFIGURATION) -- $(COMPARE_FLAGS)

bench-soak: build bench-deps ## Ten minutes of mixed load with routes that change: does memory stay flat (SOAK_FLAGS='--minutes 30')
	@dotnet run --project bench/NodeMesh.Compare --no-build -c $(CONFIGURATION) -- soak $(SOAK_FLAGS)

bench-scale: build ## 100 nodes with 50 pods each, simulated, against the real API server (SCALE_FLAGS='--nodes 20')
	@CONFIGURATION=$(CONFIGURATION) scripts/bench-scale $(SCALE_FLAGS)

bench-quick: build bench-deps ## The comparison in under 3 minutes (COMPARE_FLAGS='--rows direct,nodemesh' and the like)
	@dotnet run --project bench/NodeMesh.Compare --no-build -c $(CONFIGURATION) -- --quick $(COMPARE_FLAGS)

images: build ## The OCI images, made without a container engine: bin/images/*.tar for `ctr -n k8s.io images import`
	@scripts/make-images bin/images

e2e: cluster-check images ## The mesh on a real two-node cluster, from nothing to counts (E2E_FLAGS='--groups all'; needs root)
	@command -v tcpdump >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends tcpdump >/dev/null; }
	@tests/cluster/e2e $(E2E_FLAGS)

cluster-check:
	@tests/cluster/cluster check

# In the background: the tests that need Kubernetes run last, and wait for it.
cluster-cache: deps
	@mkdir -p /var/tmp && (setsid tests/cluster/prepare >/var/tmp/nodemesh-cluster-cache.log 2>&1 </dev/null &)

cluster: ## A real two-node Kubernetes cluster in namespaces, left up (needs root; the first run builds Kubernetes)
	@tests/cluster/cluster up --name dev --nodes $(or $(NODES),2)
	@echo "tests/cluster/cluster run kubectl get pods -A"

cluster-down: ## Remove it
	@tests/cluster/cluster down --name dev

clean: ## Remove everything that a build made
	@rm -rf bin native/build TestResults BenchmarkDotNet.Artifacts
	@find src tests bench deploy -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} + 2>/dev/null || true
