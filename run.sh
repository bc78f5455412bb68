#!/usr/bin/env bash
# Builds what is out of date and runs the gateway and its services. ./run.sh --help says how.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

USAGE="usage: ./run.sh                 gateway and services A, B, C in this terminal; Ctrl-C stops all
       ./run.sh demo            the same with traffic, a little latency and a few failures, to watch at /dashboard
       ./run.sh gateway|a|b|c   one of them, for a terminal of its own; a service takes a port as argument
       ./run.sh traffic         the demo's traffic: a few requests a second, from 40 addresses
       ./run.sh env             prints the export line after which \"java GatewayApp.java\" works
       ./run.sh test            runs the tests (mvn verify)

SERVICE_PORT=9001 ./run.sh gives A, B and C the ports 9001, 9002 and 9003 instead of 8001 to 8003.
Settings come from the environment; ./run.sh gateway --help and ./run.sh a --help list them.
JAVA_HOME chooses the JDK, 17 or newer."

fail() {
  echo "run.sh: $*" >&2
  exit 1
}

# --- tools -----------------------------------------------------------------------------------------------------------

JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java

need_jdk() {
  local version javac=${JAVA}c
  if ! command -v "$JAVA" >/dev/null 2>&1 || ! command -v "$javac" >/dev/null 2>&1; then
    fail "no JDK found ${JAVA_HOME:+at JAVA_HOME=$JAVA_HOME }(java and javac); install Java 17 or newer or set JAVA_HOME"
  fi
  version=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  FEATURE=${version:-0}
  [ "$FEATURE" -ge 17 ] || fail "Java ${version:-?} is too old; install Java 17 or newer or set JAVA_HOME"
}

need_maven() {
  command -v mvn >/dev/null 2>&1 || fail "no Maven found (mvn); install it to build: https://maven.apache.org/install.html"
}

# --- building --------------------------------------------------------------------------------------------------------

BUILT=target/built
SHARED=target/shared

up_to_date() {
  [ -f "$BUILT" ] && [ -f "$SHARED/classes.jar" ] && [ -d target/classes ] && [ -d target/lib ] &&
    [ -z "$(find pom.xml ./*.java gateway -newer "$BUILT" -print -quit)" ] &&
    [ -z "$(find target/classes -newer "$SHARED/classes.jar" -print -quit)" ] # as when mvn was run by hand
}

# Compiles and fetches libraries unless nothing has changed; one at a time, however many terminals start at once.
build() {
  need_jdk
  up_to_date && return
  need_maven
  mkdir -p target
  exec 9>target/build.lock
  if command -v flock >/dev/null 2>&1; then flock 9; fi
  if ! up_to_date; then
    echo "run.sh: building ..." >&2
    touch target/building       # before, not after: what is edited meanwhile is newer
    rm -rf target/lib           # a library's earlier version must not stay beside the new one
    mvn -q -B -Dstyle.color=never -Dspotless.check.skip=true process-classes >&2 || fail "the build failed; see above"
    rm -rf "$SHARED"
    mkdir "$SHARED"
    "${JAVA%java}jar" --create --file "$SHARED/classes.jar" -C target/classes . || fail "jar failed; see above"
    mv target/building "$BUILT"
  fi
  exec 9>&-
}

# A process that has run out of memory is of no use: it ends, so that somebody can start it again. JDK_JAVA_OPTIONS adds
# options of your own.
RUN=("$JAVA" -XX:+ExitOnOutOfMemoryError -cp "$SHARED/classes.jar:target/lib/*")

# Class data sharing: the first fleet after a build notes at its end which classes each process has loaded, and how they
# look in memory; with that, a process is up in half the time. Java ignores an archive of another Java or build. Only
# jars can be in one, hence classes.jar.
archive() { echo "$SHARED/$1-$FEATURE.jsa"; }

# The options for a process of this name; "record" also makes the archive if there is none.
sharing() {
  OPTIONS=(-Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off)
  if [ -f "$(archive "$1")" ]; then
    OPTIONS+=("-XX:SharedArchiveFile=$(archive "$1")")
  elif [ "${2:-}" = record ]; then
    OPTIONS+=("-XX:ArchiveClassesAtExit=$(archive "$1").$$")
  fi
}

keep_archives() {
  local name
  for name in ${NAMES[@]+"${NAMES[@]}"}; do
    if [ -f "$(archive "$name").$$" ]; then mv -f "$(archive "$name").$$" "$(archive "$name")"; fi
  done
}

main_class() {
  case $1 in
    gateway) echo GatewayApp ;;
    a) echo ServiceA ;;
    b) echo ServiceB ;;
    c) echo ServiceC ;;
    traffic) echo gateway.demo.Traffic ;;
  esac
}

# --- all in one terminal ---------------------------------------------------------------------------------------------

# What was started, and its processes in the same order; the gateway comes first.
NAMES=()
PIDS=()

# Of A, B and C, each has a port of its own: 8001 and following, or SERVICE_PORT and following; 0 takes free ones.
port_of() {
  local first=${SERVICE_PORT:-8001}
  case $1 in
    a) echo "$first" ;;
    b) [ "$first" = 0 ] && echo 0 || echo $((first + 1)) ;;
    c) [ "$first" = 0 ] && echo 0 || echo $((first + 2)) ;;
  esac
}

# Starts one with its name before each of its lines. Ctrl-C reaches every process of the terminal at once; the one that
# prefixes ignores it, so that the last lines are still seen.
start() {
  local label
  label=$(printf '%-7s' "$1")
  sharing "$1" record
  # shellcheck disable=SC2046 # gateway and traffic get no argument
  "${RUN[@]}" "${OPTIONS[@]}" "$(main_class "$1")" $(port_of "$1") > >(
    trap '' INT TERM
    while IFS= read -r line; do printf '%s | %s\n' "$label" "$line"; done
  ) 2>&1 &
  PIDS+=($!)
  NAMES+=("$1")
  disown # else bash reports in its own words whoever is killed
}

running() { kill -0 "$1" 2>/dev/null; }

stop_all() {
  trap '' INT TERM HUP
  local pid tenths=0
  if [ ${#PIDS[@]} -gt 0 ] && [ ! -f "$(archive gateway)" ]; then
    echo "run.sh  | stopping; this first time, what was loaded is noted too, so that the next start is quicker"
  fi
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill -TERM "$pid" 2>/dev/null; done
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do
    while running "$pid"; do # they drain for up to 10 s
      sleep 0.1
      if [ $((tenths += 1)) -eq 200 ]; then kill -KILL "$pid" 2>/dev/null; fi
    done
  done
  PIDS=()
  keep_archives
}

# Runs a step for at most a second: who listens at a port needn't answer, or even take the call.
for_a_second() {
  local asking
  "$@" &
  asking=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if ! running "$asking"; then
      wait "$asking"
      return
    fi
    sleep 0.1
  done
  kill "$asking" 2>/dev/null
  wait "$asking" 2>/dev/null
  return 1
}

# Whether somebody listens at the gateway's port.
taken() { { exec 8<>"/dev/tcp/${GATEWAY_HOST:-127.0.0.1}/${GATEWAY_PORT:-8000}"; } 2>/dev/null; }

# Whether the gateway says that three services are healthy. Over bash's own sockets: curl needn't be installed.
ask_health() {
  local line found=1
  taken || return 1
  printf 'GET /health HTTP/1.0\r\n\r\n' >&8
  while IFS= read -r -u 8 line || [ -n "$line" ]; do
    if [[ $line =~ \"healthy_services\":([3-9]|[1-9][0-9]) ]]; then found=0; fi
    line=
  done
  exec 8>&-
  return $found
}

# The URL of a path of the gateway, as seen from this machine.
at() {
  case ${GATEWAY_HOST:-0.0.0.0} in
    0.0.0.0 | ::) echo "http://localhost:${GATEWAY_PORT:-8000}$1" ;;
    *:*) echo "http://[$GATEWAY_HOST]:${GATEWAY_PORT:-8000}$1" ;;
    *) echo "http://$GATEWAY_HOST:${GATEWAY_PORT:-8000}$1" ;;
  esac
}

# Starts the gateway, A, B and C, and when they are ready what else is named; ends with the gateway or by a signal.
fleet() {
  local i name reported=" " tenths=0
  case ${SERVICE_PORT:-8001} in *[!0-9]*) fail "SERVICE_PORT=$SERVICE_PORT: expected a port, the first of three" ;; esac
  GATEWAY_URL=${GATEWAY_URL:-$(at "")}
  export GATEWAY_URL
  build
  if for_a_second taken; then
    fail "port ${GATEWAY_PORT:-8000} is taken; end what listens there or set GATEWAY_PORT. Nothing was started"
  fi
  trap 'stop_all; exit 0' INT TERM HUP
  for name in gateway a b c; do start "$name"; done
  until for_a_second ask_health; do
    for i in "${!PIDS[@]}"; do
      if ! running "${PIDS[$i]}"; then
        stop_all
        fail "${NAMES[$i]} did not start; its line above says why. Nothing is left running"
      fi
    done
    sleep 0.1
    if [ $((tenths += 1)) -eq 300 ]; then
      echo "run.sh  | still waiting for three healthy services; see $(at /services)"
    fi
  done
  for name in "$@"; do start "$name"; done
  echo "ready   | try: curl -i $(at /api/data) (Ctrl-C stops all)"
  echo "ready   | watch: $(at /dashboard)"
  echo "ready   | crash one: kill -9 ${PIDS[1]} (a), kill -9 ${PIDS[2]} (b), kill -9 ${PIDS[3]} (c)"
  while running "${PIDS[0]}"; do
    for ((i = 1; i < ${#PIDS[@]}; i++)); do
      if ! running "${PIDS[$i]}" && [[ $reported != *" $i "* ]]; then
        echo "run.sh  | ${NAMES[$i]} has ended; ./run.sh ${NAMES[$i]} in another terminal starts it again"
        reported+="$i "
      fi
    done
    sleep 0.2
  done
  stop_all
  fail "the gateway has ended; the services were stopped"
}

# --- what was asked for ----------------------------------------------------------------------------------------------

case ${1:-} in
  "") fleet ;;
  demo)
    export SERVICE_LATENCY=${SERVICE_LATENCY:-30ms} SERVICE_ERROR_RATE=${SERVICE_ERROR_RATE:-0.01}
    export GATEWAY_ACCESS_LOG=${GATEWAY_ACCESS_LOG:-off} # else the lines below scroll away
    fleet traffic
    ;;
  gateway | a | b | c | traffic)
    build
    name=$1
    shift
    sharing "$name"
    exec "${RUN[@]}" "${OPTIONS[@]}" "$(main_class "$name")" "$@"
    ;;
  env)
    build
    printf 'export CLASSPATH=%q\n' "$PWD/target/classes:$PWD/target/lib/*"
    ;;
  test)
    need_jdk
    need_maven
    shift
    exec mvn -B -Dstyle.color=never verify "$@"
    ;;
  -h | --help | help) echo "$USAGE" ;;
  *)
    echo "run.sh: unknown argument $1" >&2
    echo "$USAGE" >&2
    exit 2
    ;;
esac
