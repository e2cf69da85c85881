# What each target does is said by `make help`.
SHELL := /bin/bash
SWIFT ?= swift
SOURCES := Sources Tests Package.swift Benchmarks/Package.swift $(wildcard Benchmarks/Sources/*-benchmark)

.PHONY: help prepare build release test format lint prices swift-test linkage-test price-test client-test demo bench \
    fuzz docs api-check soak tsan clean

# The program runs where Swift is not installed, and starts a third faster.
static := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)

help:
	@echo "make demo          build a release and show everything at once against a simulated upstream"
	@echo "make test          lint, build, and run every test there is"
	@echo "make build         a debug build"
	@echo "make release       a release build, in .build/release/oai-usage"
	@echo "make format        format the sources"
	@echo "make prices        put prices.json into the library, after it was changed"
	@echo "make swift-test    the Swift tests only"
	@echo "make linkage-test  what the core library links"
	@echo "make price-test    10,000 random calls, priced by the library and by a calculation of its own in Python"
	@echo "make client-test   the official Python SDK and curl through the gateway"
	@echo "make bench         how fast the meter is, beside others (not part of make test)"
	@echo "make fuzz          ten minutes of libFuzzer for each parser (not part of make test); SECONDS_EACH=60 for less"
	@echo "make docs          the documentation of every library, in .build/docs; a warning fails"
	@echo "make api-check     what has changed of the public interface since BASELINE=main, and breaks programs"
	@echo "make soak          100,000 calls over every path, and 30 minutes of chaos at up to 5,000 calls a second, with memory"
	@echo "                   and files flat, and 500 kills, losses of power and faults of the disk (not part of make test);"
	@echo "                   CALLS=1000 SECONDS_EACH=60 KILLS=50 for less, CONFIGURATION=release"
	@echo "make tsan          the conformance suite under the thread sanitizer (not part of make test)"
	@echo "make clean         remove what was built"

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

prices:
	.ci/generate-price-book

swift-test: prepare
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	SWIFT=$(SWIFT) .ci/swift-test

linkage-test: prepare
	Tests/LinkageTest/run

price-test: prepare
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	Tests/Prices/run

client-test: build
	Tests/Clients/run

test: prepare lint swift-test docs price-test linkage-test client-test
	@echo "All tests passed."

demo: release
	.build/release/oai-usage demo

bench: prepare
	Benchmarks/run

fuzz: prepare
	Tests/Fuzzing/run all $(or $(SECONDS_EACH),600)

docs: prepare
	.ci/docs

api-check: prepare
	.ci/api-check $(or $(BASELINE),main)

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
