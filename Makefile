# Everything that can be done here, by name. README explains run and check.

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w'
PROGRAMS = dmon dmonctl dlog dsyslog
# Each shell's completion of dmonctl, below share.
COMPLETIONS = bash:bash-completion/completions/dmonctl zsh:zsh/site-functions/_dmonctl fish:fish/vendor_completions.d/dmonctl.fish
RELEASES = linux/amd64 linux/arm64 linux/arm linux/386 linux/riscv64
COMPILES = darwin/arm64 freebsd/amd64

.PHONY: build run check test race fuzz lint cross bench soak dist install uninstall clean

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

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man8
	for p in $(PROGRAMS); do \
		install -m 755 bin/$$p $(DESTDIR)$(PREFIX)/bin/ && \
		install -m 644 man/$$p.8 $(DESTDIR)$(PREFIX)/share/man/man8/ || exit 1; \
	done
	@set -e; for f in $(COMPLETIONS); do \
		install -d $(DESTDIR)$(PREFIX)/share/$$(dirname $${f#*:}); \
		(umask 022; GOOS= GOARCH= $(GO) run ./cmd/dmonctl completion $${f%%:*} >$(DESTDIR)$(PREFIX)/share/$${f#*:}); \
	done

uninstall:
	for f in $(COMPLETIONS); do rm -f $(DESTDIR)$(PREFIX)/share/$${f#*:}; done
	for p in $(PROGRAMS); do rm -f $(DESTDIR)$(PREFIX)/bin/$$p $(DESTDIR)$(PREFIX)/share/man/man8/$$p.8; done

clean:
	rm -rf bin dist
