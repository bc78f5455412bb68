# Sourced by every script in this folder: a temporary folder that goes away, packages by name and version, and the
# comparison of what was seen with what the script expects.

set -eu
WORK=$(mktemp -d)
STARTED=() # ids of the processes to end
finish() {
  local pid
  for pid in ${STARTED[@]+"${STARTED[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$WORK"
}
trap finish EXIT
cd "$WORK"

# Installs Maven packages, group:artifact:version each, with all that they need, into $WORK/lib.
maven_packages() {
  local package parts
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>'
    for package in "$@"; do
      IFS=: read -r -a parts <<<"$package"
      printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "${parts[@]}"
    done
    echo '</dependencies></project>'
  } >pom.xml
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >maven.log 2>&1 ||
    { cat maven.log; exit 3; }
}

# Installs npm packages, name@version each, into $WORK/node_modules, without running any of their scripts.
npm_packages() {
  npm install --silent --ignore-scripts --no-audit --no-fund --no-package-lock "$@" >npm.log 2>&1 || { cat npm.log; exit 3; }
}

# Unpacks Debian packages, name or name=version each, into $WORK/root; nothing is installed.
debian_packages() {
  local archive
  apt-get download -qq "$@" >apt.log 2>&1 || { cat apt.log; exit 3; }
  for archive in *.deb; do dpkg -x "$archive" root; done
}

# Sets PORT to one that is free now; waits until somebody listens there.
free_port() { PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'); }
until_listening() {
  for _ in $(seq 300); do
    if (exec 5<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then return; fi
    sleep 0.1
  done
  cat ./*.log
  exit 3
}

JAVA=java

# Takes the oldest JDK of this machine that is this new; for packages that need more than Java 17.
java_from() {
  local release version best=
  for release in /usr/lib/jvm/*/release; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release")
    if [ "${version:-0}" -ge "$1" ] && [ "$version" -lt "${best:-999}" ]; then best=$version JAVA=${release%release}bin/java; fi
  done
  [ -n "$best" ] || { echo "no Java $1 or newer in /usr/lib/jvm"; exit 3; }
}

# Runs standard input as a Java program, Main, with these packages; log lines are left out.
java_main() {
  cat >Main.java
  "$JAVA" -cp 'lib/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=off Main.java 2>errors.log || { cat errors.log; exit 3; }
}

# Runs standard input as a Java program, Main, until the script ends; sets PORT to the number that it prints.
java_server() {
  cat >Main.java
  rm -f port
  "$JAVA" -cp 'lib/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=off Main.java >port 2>errors.log &
  STARTED+=($!)
  until_port
}

# The same with a Python program.
python_server() {
  cat >server.py
  rm -f port
  python3 server.py >port 2>errors.log &
  STARTED+=($!)
  until_port
}

# The same with a program for Node.
node_server() {
  cat >server.js
  rm -f port
  node server.js >port 2>errors.log &
  STARTED+=($!)
  until_port
}

until_port() {
  for _ in $(seq 600); do
    if [ -s port ] && read -r PORT <port; then return; fi
    sleep 0.1
  done
  cat errors.log
  exit 3
}

# Sends a request (as printf writes it) to PORT, and shows as one line what comes until two seconds of silence (ten before the
# first byte, which may be a server's very first): " | " where a line ends, and what became of the connection. What differs
# from run to run is left out.
talk() {
  local code=0
  exec 5<>"/dev/tcp/127.0.0.1/$PORT"
  # shellcheck disable=SC2059 # the format is the request
  printf "$1" >&5
  timeout 10 head -c 1 <&5 >answer || code=$?
  if [ $code = 0 ]; then timeout 2 cat <&5 >>answer || code=$?; fi
  exec 5>&-
  sed -E 's/\r$/ |/; /^([Dd]ate|[Ss]erver):/d' answer | tr '\n' ' '
  if [ $code = 124 ]; then echo "(open)"; else echo "(closed)"; fi
}

# Compares what was seen (standard input) with what this script says (its arguments, a line each); ends with 1 if they differ.
expect_seen() {
  printf '%s\n' "$@" >expected
  cat >seen
  cat seen
  if ! diff expected seen >difference; then
    echo "changed since this was written (< then, > now):"
    cat difference
    exit 1
  fi
}
