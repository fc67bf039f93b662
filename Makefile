# Everything that can be done here, by name. README explains run and check.

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w'
PROGRAMS = dmon dmonctl dlog dsyslog
RELEASES = linux/amd64 linux/arm64 linux/arm linux/386 linux/riscv64
COMPILES = darwin/arm64 freebsd/amd64

.PHONY: build run check test race fuzz lint cross bench soak dist completions packages release install uninstall clean

build:
	@mkdir -p bin
	$(BUILD) -o bin/ ./cmd/...

# The main job on real input: a copy that is killed in the middle and finishes.
run: build
	@sh scripts/demo.sh

# What must pass before a change lands.
check:
	@sh scripts/check.sh

test:
	$(GO) test ./...

# Everything under the race detector, the programs in the scripts included.
race:
	CGO_ENABLED=1 $(GO) test -race -count=1 -timeout 20m ./...

lint:
	@sh scripts/lint.sh

fuzz:
	@sh scripts/fuzz.sh

# Static programs for every system we release for; the others have to compile.
# Without -trimpath, so that what go vet and the tests have compiled is used.
cross: $(patsubst %,compile/%,$(RELEASES) $(COMPILES))
compile/%:
	@echo "compiling for $*"
	@CGO_ENABLED=0 GOOS=$(firstword $(subst /, ,$*)) GOARCH=$(lastword $(subst /, ,$*)) $(GO) build -o /dev/null ./cmd/...

dist:
	@set -e; for p in $(RELEASES); do \
		mkdir -p dist/$${p%/*}-$${p#*/}; \
		GOOS=$${p%/*} GOARCH=$${p#*/} $(BUILD) -o dist/$${p%/*}-$${p#*/}/ ./cmd/... ; \
	done

bench: build
	@sh scripts/bench.sh

# Minutes of everything that may go wrong, as root; SOAK=10m for longer, and
# SOAKFLAGS="-seed N -only dlog" to try something again.
SOAK ?= 3m
soak: build
	CGO_ENABLED=0 $(GO) test -tags soak -count 1 -timeout 0 -v -run TestSoak ./bench/soak -for $(SOAK) $(SOAKFLAGS)

# Completions for bash, zsh and fish, made of the programs' own options: of programs
# that run here, whatever GOOS is.
completions:
	@rm -rf bin/completions bin/host
	@GOOS= GOARCH= CGO_ENABLED=0 $(GO) build -o bin/host/ ./cmd/... ./internal/house/completions
	@(umask 022; bin/host/completions bin/host bin/completions)

# .deb and .rpm into dist/ for all of RELEASES, or PACKAGES="amd64 arm64".
packages: dist completions
	sh scripts/package.sh $(PACKAGES)

# Everything that is released, with checksums; from a tree without changes.
release:
	@sh scripts/release.sh

SHARE    = $(DESTDIR)$(PREFIX)/share
install: build completions
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man8 $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	for p in $(PROGRAMS); do \
		install -m 755 bin/$$p $(DESTDIR)$(PREFIX)/bin/ && \
		install -m 644 man/$$p.8 $(SHARE)/man/man8/ && \
		install -m 644 bin/completions/bash/$$p $(SHARE)/bash-completion/completions/ && \
		install -m 644 bin/completions/zsh/_$$p $(SHARE)/zsh/site-functions/ && \
		install -m 644 bin/completions/fish/$$p.fish $(SHARE)/fish/vendor_completions.d/ || exit 1; \
	done

uninstall:
	for p in $(PROGRAMS); do \
		rm -f $(DESTDIR)$(PREFIX)/bin/$$p $(SHARE)/man/man8/$$p.8 $(SHARE)/bash-completion/completions/$$p \
			$(SHARE)/zsh/site-functions/_$$p $(SHARE)/fish/vendor_completions.d/$$p.fish; \
	done

clean:
	rm -rf bin dist
