# Shared by the two commands: what they need, and what to do when it is missing.

need_dotnet() {
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "The .NET 10 SDK is missing. Install it from https://dotnet.microsoft.com/download and try again." >&2
    exit 2
  fi
}

need_node() {
  local version
  version=$(node --version 2>/dev/null | sed 's/^v//; s/\..*//' || true)
  if [ -z "$version" ] || [ "$version" -lt 20 ] || ! command -v npm >/dev/null; then
    echo "Node 20 or newer with npm is missing; the pages' script is built with it. Install it from https://nodejs.org and try again." >&2
    exit 2
  fi
}

# Sources changed since a stamp, one line is enough.
newer_sources() {
  find "$1/src" "$1/Directory.Build.props" "$1/Directory.Packages.props" "$1/global.json" \
    \( -name node_modules -o -name dist -o -name obj -o -name bin \) -prune -o -type f -newer "$2" -print -quit
}

# Installs servers for tests from Debian's packages: as root, when missing. Says by name what stays missing.
need_servers() {
  local packages=()
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
  command -v redis-server >/dev/null || packages+=(redis-server)
  command -v chromium >/dev/null || packages+=(chromium)
  command -v sqlite3 >/dev/null || packages+=(sqlite3)
  if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: ${packages[*]}"
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/tandem-tests.conf
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  fi
  missing=()
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=("PostgreSQL")
  command -v redis-server >/dev/null || missing+=("Redis")
  command -v chromium >/dev/null || missing+=("Chromium")
  command -v sqlite3 >/dev/null || missing+=("sqlite3")
  if [ ${#missing[@]} -gt 0 ]; then
    if [ "${CI:-}" = true ]; then
      echo "Missing servers: ${missing[*]}. With CI=true every suite must run." >&2
      exit 1
    fi
    echo "Skipping the suites that need: ${missing[*]}"
  fi
}
