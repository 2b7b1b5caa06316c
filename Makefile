# One command per task; `make help` lists them. Two cores are enough for all of them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

FIRMWARE_BUILD := swift build --package-path Firmware -c release \
	--triple armv7em-none-none-eabi --toolset Firmware/toolset-cortex-m4.json
SWIFT_FILES = $(wildcard Package.swift Sources Tests \
	Firmware/Package.swift Firmware/Sources Firmware/Tests \
	Benchmarks/Package.swift Benchmarks/Sources)

# Tests that load or time a server run by themselves, one after the other.
ALONE := ^PanelTests\.|^kvadrantTests\.ViewersTests

.PHONY: help
help: ## List the commands.
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 22

.PHONY: demo
demo: needs-build ## Show a running meter, its glass and its registers, in the terminal.
	swift build -c release --product kvadrant
	"$$(swift build -c release --show-bin-path)/kvadrant" demo

.PHONY: test
test: needs-test needs-browser needs-clients check ## Everything a change has to pass; the runner's summary comes last.
	swift build --build-tests
	swift build -c release --product kvadrant
	swift build -c release --product metertool
	.ci/readme-commands --bin "$$(swift build -c release --show-bin-path)"
	$(MAKE) --no-print-directory torture typetest simulation firmware-smoke bench
	"$$(swift build -c release --show-bin-path)/kvadrant" scenario run --all
	Tests/Browser/run
	Tests/Clients/run
	swift test --disable-xctest --skip '$(ALONE)'
	swift test --disable-xctest --no-parallel --filter '$(ALONE)'

.PHONY: check
check: needs-test ## The checks that need no test: doors, limits, format, cross build.
	.ci/test-checks
	.ci/check-imports
	.ci/tidy
	.ci/check-coverage
	swift format lint -r --strict $(SWIFT_FILES)
	.ci/cross-build

.PHONY: format
format: ## Format all Swift files.
	swift format -i -r $(SWIFT_FILES)

.PHONY: lint
lint: needs-test ## Report what the formatter and the limits object to.
	.ci/tidy
	swift format lint -r --strict $(SWIFT_FILES)

.PHONY: firmware
firmware: needs-build ## Build the firmware image for Cortex-M4.
	$(FIRMWARE_BUILD) --product Firmware

.PHONY: firmware-smoke
firmware-smoke: needs-test firmware ## Run the image in the emulator and compare with Linux.
	Firmware/smoke

.PHONY: typetest
typetest: needs-build ## Run three standards on two variants, faulty meters, and the range of 10,000 to 1.
	swift build -c release --product kvadrant
	PART=0 .ci/campaign-typetest 1
	PART=9 .ci/campaign-typetest 1
	PART=24 .ci/campaign-typetest 1

.PHONY: simulation
simulation: needs-build ## Run 25 meter-years beside an oracle, and a day of samples beside the energy model.
	swift build -c release --product kvadrant
	K="$$(swift build -c release --show-bin-path)/kvadrant"; \
	"$$K" simulate --years 5 --meters 5 --seed 2; \
	"$$K" simulate --day --seed 2

.PHONY: bench
bench: needs-test ## Count instructions and bytes; fail where one grew by more than 5 %.
	Benchmarks/run
	.ci/instruction-gate Benchmarks/thresholds.txt out/bench.txt

.PHONY: bench-update
bench-update: needs-test ## Count again and record the result.
	Benchmarks/run
	.ci/instruction-gate --update Benchmarks/thresholds.txt out/bench.txt

.PHONY: torture
torture: needs-test ## Cut the memory's power a million times, flip its bits, wear it out, kill the process.
	swift build -c release --product kvadrant
	mkdir -p out; K="$$(swift build -c release --show-bin-path)/kvadrant"; \
	.ci/campaign-process-kills 200 > out/process-kills.txt & KILLS=$$!; \
	"$$K" memory torture --cuts 1000000 --seed 1; \
	"$$K" memory torture --kind exhaustive --seed 1 | tail -1; \
	"$$K" memory torture --kind flips --seed 1 | tail -1; \
	"$$K" memory torture --kind life --seed 1; \
	wait $$KILLS; cat out/process-kills.txt

.PHONY: coverage
# Tests run side by side; counts that get lost between them would make regions appear or vanish.
COVERAGE := --disable-xctest --enable-code-coverage \
  -Xswiftc -Xllvm -Xswiftc -instrprof-atomic-counter-update-all
coverage: needs-build ## The regions of PermanentMemory that its tests reach, then the lines that all tests reach.
	swift test $(COVERAGE) --filter '^PermanentMemoryTests\.'
	.ci/coverage PermanentMemory
	swift test $(COVERAGE) --skip '$(ALONE)'
	.ci/coverage

.PHONY: proof
proof: needs-test ## Run the long campaigns; can be stopped and goes on where it was.
	swift build -c release --product kvadrant
	.ci/proof

.PHONY: clean
clean: ## Remove what was built.
	rm -rf .build Firmware/.build Benchmarks/.build out

.PHONY: browser
browser: needs-test needs-browser ## Show the panel to a real browser and check what a visitor sees.
	swift build -c release --product kvadrant
	Tests/Browser/run

.PHONY: clients
clients: needs-test needs-clients ## Let independent programs read the meter.
	swift build -c release --product kvadrant
	swift build -c release --product metertool
	Tests/Clients/run

.PHONY: needs-build needs-test needs-browser needs-clients
needs-build:
	@.ci/need git:git
needs-browser: needs-test
	@.ci/need chromium:chromium
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/need ensurepip:python3-venv
	@test -x out/browser/bin/python3 || python3 -m venv out/browser
	@out/browser/bin/python3 -c 'import playwright' 2>/dev/null || \
		out/browser/bin/pip install -q playwright
needs-clients: needs-test
	@.ci/need mosquitto_sub:mosquitto-clients
	@test -x /usr/sbin/mosquitto || .ci/need mosquitto:mosquitto
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/need ensurepip:python3-venv
	@test -x out/clients/bin/python3 || python3 -m venv out/clients
	@out/clients/bin/python3 -c 'import dlms_cosem, gurux_dlms, pydlms, iec62056_21, meterbus, serial' 2>/dev/null || \
		out/clients/bin/pip install -q -r Tests/Clients/requirements.txt
# In a place of its own: dsmr-parser wants another dlms-cosem.
	@test -x out/home/bin/python3 || python3 -m venv out/home
	@out/home/bin/python3 -c 'import dsmr_parser, han, serial' 2>/dev/null || \
		out/home/bin/pip install -q -r Tests/Clients/home-requirements.txt
needs-test: needs-build
	@.ci/need python3:python3 qemu-system-arm:qemu-system-arm valgrind:valgrind
