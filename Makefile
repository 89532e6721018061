# Two commands set everything up on a fresh Debian or Ubuntu machine with a Rust toolchain, gcc and make:
#   make demo    build, run a published network, draw it
#   make test    all tests
#   make book    the manual with its tutorial and a page for each model, as HTML in target/book
# `make check` is what CI runs.

# One profile for everything: HDF5 is built once.
CARGO ?= cargo
TARGET = $(or $(CARGO_TARGET_DIR),target)
BOUTON = $(TARGET)/release/bouton
MDBOOK = $(TARGET)/tools/bin/mdbook

.PHONY: demo test check setup build bench peers book html python

demo: build
	$(BOUTON) run networks/vogels_abbott.toml -o vogels_abbott.h5
	$(BOUTON) plot vogels_abbott.h5 -o vogels_abbott.png

test: setup python
	$(CARGO) test --release

# The test executes every block of every page and leaves the pages with the pictures that they drew.
book: setup python
	$(CARGO) test --release --test book
	$(MAKE) html

html: $(MDBOOK)
	$(MDBOOK) build $(TARGET)/tmp/book -d $(abspath $(TARGET))/book

check: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --release --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --no-deps
	$(MAKE) test
	$(MAKE) html
	$(CARGO) bench --no-run

bench: setup
	$(CARGO) bench

# NEST and Brian2 beside Bouton, in a virtual environment under target/: benches/peers/README.md.
peers: setup
	python3 benches/peers/run.py $(PEERS)

build: setup
	$(CARGO) build --release

# HDF5 is built from its sources, which takes cmake; all else comes with cargo.
setup:
	@command -v $(CARGO) >/dev/null || { echo "A Rust toolchain is needed: install rustup or your system's cargo (1.90 or newer)."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is needed: apt-get install gcc"; exit 1; }
	@command -v cmake >/dev/null || { \
		echo "cmake is missing (it builds the bundled HDF5): installing it with apt-get"; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq cmake; }

# A virtual environment for the Python examples of the book.
python: $(TARGET)/python/installed

$(TARGET)/python/installed: docs/requirements.txt
	@python3 -c "import ensurepip" 2>/dev/null || { \
		echo "python3-venv is missing (the book's Python examples are tests): installing it with apt-get"; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq python3-venv; }
	python3 -m venv $(TARGET)/python
	$(TARGET)/python/bin/pip install --quiet --disable-pip-version-check -r docs/requirements.txt
	touch $@

$(MDBOOK):
	$(CARGO) install mdbook --version 0.5.4 --locked --no-default-features --features search --root $(TARGET)/tools
