# What this machine must have before Cinnabar can be built, and how to get it.
# Sourced by ./run and ./test; it defines functions and does nothing by itself.
#
#   machine_ready build     compiler, graphics headers, fonts, Postgres
#   machine_ready test      the same, and what the tests want besides
#
# Everything comes from the system's own package manager. Where that has a Go
# that is too old, the toolchain comes as a Go module, checked by Go itself.

GO_WANTED=1.26.8

say() { printf '%s\n' "$*" >&2; }

# as_root runs a command with the rights to install.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "Installing needs root, and there is no sudo here. As root, run:"
    say "  $*"
    return 1
  fi
}

machine_ready() {
  if command -v apt-get >/dev/null 2>&1; then
    machine_apt "$1"
  elif [ "$(uname -s)" = Darwin ]; then
    machine_brew
  elif command -v dnf >/dev/null 2>&1; then
    machine_dnf
  elif command -v pacman >/dev/null 2>&1; then
    machine_pacman
  elif ! tools_are_here; then
    say "This system's package manager is not one that we know. Please install: Go $GO_WANTED, a C compiler, pkg-config,"
    say "OpenGL, X11, Wayland and xkbcommon headers, PostgreSQL 15 or newer, and Noto Sans CJK. Then start again."
    return 1
  fi
  go_ready
}

tools_are_here() {
  command -v go >/dev/null 2>&1 && command -v cc >/dev/null 2>&1 && command -v pkg-config >/dev/null 2>&1 &&
    { command -v postgres || command -v pg_config || ls /usr/lib/postgresql/*/bin/postgres; } >/dev/null 2>&1
}

machine_apt() {
  local wanted="ca-certificates gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev fonts-noto-cjk postgresql"
  # gcc's sanitizer library is what -race links against on some systems; git names the version.
  [ "$1" = test ] && wanted="$wanted git"
  # A Go of one's own in PATH serves as well as the package.
  command -v go >/dev/null 2>&1 || wanted="$wanted golang-go"
  local missing="" package
  for package in $wanted; do
    # A server that was put there by another package (postgresql-16 …) is enough.
    if [ "$package" = postgresql ] && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then continue; fi
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  say "Installing:$missing"
  # Debian's package would start a server of the system's own on port 5432.
  # Cinnabar brings up its own from the same binaries, so we ask for none.
  case "$missing" in *postgresql*)
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      as_root mkdir -p /etc/postgresql-common
      printf '# Written by Cinnabar before it installed Postgres: the binaries are wanted, not a server.\ncreate_main_cluster = false\n' |
        as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi ;;
  esac
  # shellcheck disable=SC2086
  install_apt $missing && return 0
  # Lists that are missing or old are the usual reason; fetch them and try once more.
  as_root apt-get update -qq >&2 || say "The package lists could not be refreshed; trying with the old ones."
  # shellcheck disable=SC2086
  install_apt $missing || {
    say "These packages could not be installed:$missing"
    say "Try: apt-get update && apt-get install$missing"
    return 1
  }
}

install_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" >/dev/null 2>&1 </dev/null
}

machine_dnf() {
  local wanted="golang gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel wayland-devel libxkbcommon-devel postgresql-server google-noto-sans-cjk-fonts"
  # shellcheck disable=SC2086
  rpm -q $wanted >/dev/null 2>&1 && return 0
  say "Installing: $wanted"
  # shellcheck disable=SC2086
  as_root dnf install -y -q $wanted >&2 || { say "Try: dnf install $wanted"; return 1; }
}

machine_pacman() {
  local wanted="go gcc pkgconf libglvnd libxcursor libxrandr libxinerama libxi libxxf86vm wayland libxkbcommon postgresql noto-fonts-cjk"
  # shellcheck disable=SC2086
  pacman -Q $wanted >/dev/null 2>&1 && return 0
  say "Installing: $wanted"
  # shellcheck disable=SC2086
  as_root pacman -S --needed --noconfirm $wanted >&2 || { say "Try: pacman -S --needed $wanted"; return 1; }
}

machine_brew() {
  command -v brew >/dev/null 2>&1 || { say "Please install Homebrew (brew.sh) and start again."; return 1; }
  xcode-select -p >/dev/null 2>&1 || { say "Please run: xcode-select --install"; return 1; }
  tools_are_here && return 0
  local wanted="go pkg-config postgresql@16"
  say "Installing: $wanted"
  # shellcheck disable=SC2086
  brew install -q $wanted >&2 || { say "Try: brew install $wanted"; return 1; }
  PATH="$(brew --prefix postgresql@16)/bin:$PATH"
}

# go_ready makes `go` in PATH one that is new enough.
go_ready() {
  # The version stands in FyneApp.toml; stamping from git fails in a checkout that is somebody else's.
  export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"
  command -v go >/dev/null 2>&1 || { say "Go is not installed, and the package manager has none. See go.dev/doc/install."; return 1; }
  local have
  have=$(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null || true)
  case "$have" in
    go1.2[6-9]* | go1.[3-9][0-9]* | go[2-9]*) return 0 ;;
  esac
  # A Go from 1.21 on could fetch its successor itself, but distributions switch
  # that off or ship an older one. The toolchain is an ordinary module, so any Go
  # with modules can fetch it and check it against the checksum database.
  local os arch version dir
  os=$(cd / && GOTOOLCHAIN=local go env GOOS) arch=$(cd / && GOTOOLCHAIN=local go env GOARCH)
  version="v0.0.1-go$GO_WANTED.$os-$arch"
  dir="$(cd / && GOTOOLCHAIN=local go env GOMODCACHE)/golang.org/toolchain@$version"
  if [ ! -e "$dir/VERSION" ]; then
    say "This system's Go is ${have:-too old}; fetching Go $GO_WANTED."
    (cd / && GOTOOLCHAIN=local GOFLAGS=-mod=mod go mod download "golang.org/toolchain@$version") >&2 || {
      say "Go $GO_WANTED could not be fetched. Please install it from go.dev/doc/install and start again."
      return 1
    }
  fi
  if [ ! -x "$dir/bin/go" ]; then
    # Modules carry no file modes.
    chmod -R u+w "$dir"
    chmod +x "$dir"/bin/* "$dir"/pkg/tool/*/* 2>/dev/null || true
  fi
  PATH="$dir/bin:$PATH"
  export PATH GOTOOLCHAIN=local GOROOT="$dir"
}
