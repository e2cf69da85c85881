# What each target does is said by `make help`.
SHELL := /bin/bash
SWIFT ?= swift
SOURCES := Sources Tests Package.swift Benchmarks/Package.swift $(wildcard Benchmarks/Sources/*-benchmark) \
    Examples/Package.swift Examples/Sources

.PHONY: help prepare build release test format lint prices swift-test linkage-test price-test price-judge client-test demo bench \
    fuzz docs examples api-check soak tsan install uninstall package package-check metrics-table page focus-test \
    dashboards-check clean

# The program runs where Swift is not installed, and starts a third faster. Relocated pointers are read-only once it runs.
static := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib -Xlinker -z -Xlinker relro)

help:
	@echo "Build"
	@echo "  make prepare       install the Debian packages that are missing; the other targets do it themselves"
	@echo "  make build         a debug build"
	@echo "  make release       a release build, in .build/release/oai-usage"
	@echo "  make examples      the package in Examples, in .build/examples"
	@echo "  make docs          the documentation of every library, in .build/docs; a warning is an error"
	@echo "  make demo          a release build, and everything at once against a simulated API"
	@echo "  make clean         remove what was built"
	@echo
	@echo "Test"
	@echo "  make test          lint, build, and every test but those marked as not part of it"
	@echo "  make lint          the format of the sources, and whether the price book and the page in the library are up to date"
	@echo "  make swift-test    the Swift tests"
	@echo "  make price-test    10,000 random calls, priced by the library and by an independent calculation in Python"
	@echo "  make price-judge   the price book beside that of genai-prices (part of price-test; needs no build)"
	@echo "  make linkage-test  what the core library links"
	@echo "  make client-test   the official Python SDK and curl through the gateway"
	@echo "  make focus-test    focus-validator on exports in the format of FOCUS; needs Python 3.12 and 650 MB (not part of make test)"
	@echo "  make dashboards-check  every dashboard against Prometheus, VictoriaMetrics, gateways and their ledgers; BINARY=path"
	@echo "  make fuzz          libFuzzer on each parser for ten minutes; SECONDS_EACH=60 for less (not part of make test)"
	@echo "  make tsan          the conformance suite under the thread sanitizer (not part of make test)"
	@echo
	@echo "Install"
	@echo "  make install       the program, man pages, completions, service and dashboards into PREFIX=/usr/local, of"
	@echo "                     .build/release/oai-usage or BINARY=path; DESTDIR=folder for another root"
	@echo "  make uninstall     remove what was installed, with the same PREFIX and DESTDIR; ledgers stay"
	@echo "  make package       a .deb, a tar ball, a bill of materials and SHA256SUMS, in .build/package"
	@echo "  make package-check install the package into a bare Debian 12, meter a call, and remove it (as root; not part of"
	@echo "                     make test)"
	@echo
	@echo "Measure (not part of make test)"
	@echo "  make bench         the speed of the meter and of the transports, beside others"
	@echo "  make soak          100,000 calls over every path; 30 minutes of chaos at up to 5,000 calls a second, with flat memory"
	@echo "                     and files; 500 kills, power losses and disk faults. CALLS=1000 SECONDS_EACH=60 RATE=1000 KILLS=50"
	@echo "                     for less, CONFIGURATION=release"
	@echo
	@echo "Maintain"
	@echo "  make format        format the sources"
	@echo "  make prices        put prices.json into the library, after it was changed"
	@echo "  make metrics-table put the table of metric families into Dashboards/README.md, after they were changed"
	@echo "  make page          put the page of the admin listener and Documentation/openapi.json into the library, after a change"
	@echo "  make api-check     changes of the public API since BASELINE (the last tag, else main) that break programs"

prepare:
	@.ci/prepare

build: prepare
	$(SWIFT) build --explicit-target-dependency-import-check error

release: prepare
	$(SWIFT) build -c release $(static) --product oai-usage

format:
	$(SWIFT) format -i -r --configuration .swift-format $(SOURCES)

lint:
	$(SWIFT) format lint --strict -r -p --configuration .swift-format $(SOURCES)
	.ci/generate-price-book --check
	.ci/generate-page --check

prices:
	.ci/generate-price-book

page:
	.ci/generate-page

swift-test: prepare
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	SWIFT=$(SWIFT) .ci/swift-test

linkage-test: prepare
	Tests/LinkageTest/run

price-test: prepare
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	Tests/Prices/run

price-judge:
	Tests/Prices/Judge/run

focus-test: build
	Tests/Focus/run

client-test: build
	Tests/Clients/run

dashboards-check: $(if $(BINARY),,build)
	@BINARY="$(BINARY)" Dashboards/check/run
	@.ci/rules

test: prepare lint
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) build -c release $(static) --product oai-usage
	SWIFT=$(SWIFT) .ci/test

# These take a program that is there, so that "sudo make install" compiles nothing.
install:
	@BINARY="$(BINARY)" PREFIX="$(or $(PREFIX),/usr/local)" DESTDIR="$(DESTDIR)" Packaging/install

uninstall:
	@PREFIX="$(or $(PREFIX),/usr/local)" DESTDIR="$(DESTDIR)" Packaging/install --remove

package: $(if $(BINARY),,release)
	@BINARY="$(BINARY)" Packaging/package

package-check: $(if $(BINARY),,release)
	@BINARY="$(BINARY)" Packaging/check

demo: release
	.build/release/oai-usage demo

bench: prepare
	Benchmarks/run

fuzz: prepare
	Tests/Fuzzing/run all $(or $(SECONDS_EACH),600)

docs: prepare
	.ci/docs

metrics-table: prepare
	OAI_USAGE_WRITE_TABLE=1 $(SWIFT) test --filter FamilyTableTests

examples: build
	Examples/check

api-check: prepare
	.ci/api-check $(or $(BASELINE),$(shell git describe --tags --abbrev=0 2>/dev/null),main)

soak: configuration := -c $(or $(CONFIGURATION),debug) $(if $(filter release,$(CONFIGURATION)),-Xswiftc -enable-testing)
soak: prepare
	$(SWIFT) build --build-tests $(configuration)
	OAI_USAGE_SOAK_CALLS=$(or $(CALLS),100000) \
	    $(SWIFT) test $(configuration) --skip-build --no-parallel --filter '^ConformanceTests\.SoakTests'
	OAI_USAGE_CHAOS_SECONDS=$(or $(SECONDS_EACH),1800) OAI_USAGE_CHAOS_RATE=$(or $(RATE),5000) \
	    $(SWIFT) test $(configuration) --skip-build --no-parallel --filter '^OpenAIUsageGatewayTests\.ChaosTests'
	CONFIGURATION=$(or $(CONFIGURATION),debug) OAI_USAGE_KILLS=$(or $(KILLS),500) OAI_USAGE_CRASHES=600 OAI_USAGE_REPORTS=400 \
	    OAI_USAGE_LOCKED_SECONDS=75 Tests/Clients/run -s -k 'durability or power_loss or faults or report_oracle'

tsan: prepare
	$(SWIFT) test --sanitize=thread --scratch-path .build/tsan --no-parallel --filter '^ConformanceTests\.'

clean:
	rm -rf .build Tests/LinkageTest/.build
