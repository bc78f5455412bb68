#!/usr/bin/env bash
# Builds what is out of date and runs the gateway and its services. ./run.sh --help says how.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

USAGE="usage: ./run.sh                 gateway and services A, B, C in this terminal; Ctrl-C stops all
       ./run.sh demo            the same with traffic, a little latency and a few failures, to watch at /dashboard
       ./run.sh cluster         three gateways with one limit and one list on Redis, which it starts too, and A, B, C
       ./run.sh gateway|a|b|c   one of them, for a terminal of its own; a service takes a port as argument
       ./run.sh redis           the cluster's Redis: what is installed, or else the one that the tests bring
       ./run.sh traffic         the demo's traffic: a few requests a second, from 40 addresses
       ./run.sh env             prints the export line after which \"java GatewayApp.java\" works
       ./run.sh test            runs the tests (mvn verify)

SERVICE_PORT=9001 ./run.sh gives A, B and C the ports 9001, 9002 and 9003 instead of 8001 to 8003.
A cluster's gateways are at GATEWAY_PORT (8000), 10 and 20 above it, its Redis at REDIS_PORT (6379); with
GATEWAY_REDIS_URL it starts none and uses that one.
Settings come from the environment; ./run.sh gateway --help and ./run.sh a --help list them, and
./run.sh gateway --check says whether a gateway would start with them, and whether what they name is there.
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
    [ -z "$(find pom.xml ./*.java src/main -newer "$BUILT" -print -quit)" ] &&
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
    gateway | second | third) echo GatewayApp ;;
    a) echo ServiceA ;;
    b) echo ServiceB ;;
    c) echo ServiceC ;;
    traffic) echo gateway.demo.Traffic ;;
  esac
}

# --- all in one terminal ---------------------------------------------------------------------------------------------

# What was started, and its processes in the same order; gateways come first. Redis is apart, since it ends after all.
NAMES=()
PIDS=()
REDIS=

# Of A, B and C, each has a port of its own: 8001 and following, or SERVICE_PORT and following; 0 takes free ones.
port_of() {
  local first=${SERVICE_PORT:-8001}
  case $1 in
    a) echo "$first" ;;
    b) [ "$first" = 0 ] && echo 0 || echo $((first + 1)) ;;
    c) [ "$first" = 0 ] && echo 0 || echo $((first + 2)) ;;
  esac
}

gateway_port() {
  case $1 in
    second) echo $((${GATEWAY_PORT:-8000} + 10)) ;;
    third) echo $((${GATEWAY_PORT:-8000} + 20)) ;;
    *) echo "${GATEWAY_PORT:-8000}" ;;
  esac
}

# The same for the port of its own for operators; empty if there is none.
admin_port() {
  if [ -n "${GATEWAY_ADMIN_PORT:-}" ]; then
    echo $((GATEWAY_ADMIN_PORT + $(gateway_port "$1") - ${GATEWAY_PORT:-8000}))
  fi
}

# Puts a name before each line. Ctrl-C reaches every process of the terminal at once; this one ignores it, so that the
# last lines are still seen.
prefix() {
  local line
  trap '' INT TERM
  while IFS= read -r line; do printf '%-7s | %s\n' "$1" "$line"; done
}

# Starts one of them; second and third are the cluster's further gateways.
start() {
  local gateways=${GATEWAY_URL:-}
  if [ "$1" = traffic ] && [ -n "${GATEWAY_ADMIN_PORT:-}" ]; then gateways=$(at ""); fi # there is no /api at that port
  case $1 in
    second | third) sharing gateway ;;
    *) sharing "$1" record ;;
  esac
  # shellcheck disable=SC2046 # gateway and traffic get no argument
  GATEWAY_PORT=$(gateway_port "$1") GATEWAY_ADMIN_PORT=$(admin_port "$1") GATEWAY_URL=$gateways "${RUN[@]}" "${OPTIONS[@]}" "$(main_class "$1")" $(port_of "$1") \
    > >(prefix "$1") 2>&1 &
  PIDS+=($!)
  NAMES+=("$1")
  disown # else bash reports in its own words whoever is killed
}

running() { kill -0 "$1" 2>/dev/null; }

# How long those told to stop may take, in tenths of a second: as long as requests may go on, 10 s at least since services
# take that, and 10 s more.
patience() {
  local tenths=100
  if [[ ${GATEWAY_DRAIN:-10s} =~ ^[[:space:]]*([0-9]{1,9})(ms|s|m|h)[[:space:]]*$ ]]; then
    tenths=$((10#${BASH_REMATCH[1]}))
    case ${BASH_REMATCH[2]} in
      ms) tenths=$((tenths / 100)) ;;
      s) tenths=$((tenths * 10)) ;;
      m) tenths=$((tenths * 600)) ;;
      h) tenths=$((tenths * 36000)) ;;
    esac
  fi
  echo $(((tenths > 100 ? tenths : 100) + 100))
}

stop_all() {
  trap '' INT TERM HUP
  local pid tenths=0 most
  most=$(patience)
  if [ ${#PIDS[@]} -gt 0 ] && [ ! -f "$(archive gateway)" ]; then
    echo "run.sh  | stopping; this first time, what was loaded is noted too, so that the next start is quicker"
  fi
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill -TERM "$pid" 2>/dev/null; done
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do
    while running "$pid"; do
      sleep 0.1
      if [ $((tenths += 1)) -ge "$most" ]; then kill -KILL "$pid" 2>/dev/null; fi
    done
  done
  PIDS=()
  if [ -n "$REDIS" ]; then kill -TERM "$REDIS" 2>/dev/null; fi
  while [ -n "$REDIS" ] && running "$REDIS"; do sleep 0.1; done
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

# Whether somebody listens at a port, of the gateway's address unless another is given.
taken() { { exec 8<>"/dev/tcp/${2:-${GATEWAY_HOST:-127.0.0.1}}/$1"; } 2>/dev/null; }

# Whether the gateway at a port says that three services are healthy. Over bash's own sockets: curl needn't be installed.
ask_health() {
  local line found=1
  taken "$1" || return 1
  printf 'GET /health HTTP/1.0\r\n\r\n' >&8
  while IFS= read -r -u 8 line || [ -n "$line" ]; do
    if [[ $line =~ \"healthy_services\":([3-9]|[1-9][0-9]) ]]; then found=0; fi
    line=
  done
  exec 8>&-
  return $found
}

# The URL of a path of the gateway, or of the one at another port, as seen from this machine.
at() { url "${GATEWAY_HOST:-0.0.0.0}" "${2:-${GATEWAY_PORT:-8000}}" "$1"; }

# The URL of a path that is for operators, of the gateway or of another one.
operators_at() {
  local gateway=${2:-gateway}
  if [ -n "${GATEWAY_ADMIN_PORT:-}" ]; then
    url "${GATEWAY_ADMIN_HOST:-127.0.0.1}" "$(admin_port "$gateway")" "$1"
  else
    at "$1" "$(gateway_port "$gateway")"
  fi
}

url() {
  case $1 in
    0.0.0.0 | ::) echo "http://localhost:$2$3" ;;
    *:*) echo "http://[$1]:$2$3" ;;
    *) echo "http://$1:$2$3" ;;
  esac
}

# Ends if a port can't be had, before anything is started.
need_ports() {
  local gateway
  case ${GATEWAY_ADMIN_PORT:-9000} in 0 | *[!0-9]*) fail "GATEWAY_ADMIN_PORT=$GATEWAY_ADMIN_PORT: expected a port, where services register" ;; esac
  case ${SERVICE_PORT:-8001} in *[!0-9]*) fail "SERVICE_PORT=$SERVICE_PORT: expected a port, the first of three" ;; esac
  for gateway in "$@"; do
    if for_a_second taken "$(gateway_port "$gateway")"; then
      fail "port $(gateway_port "$gateway") is taken; end what listens there or set GATEWAY_PORT. Nothing was started"
    fi
    if [ -n "${GATEWAY_ADMIN_PORT:-}" ] && for_a_second taken "$(admin_port "$gateway")" 127.0.0.1; then
      fail "port $(admin_port "$gateway") is taken; end what listens there or set GATEWAY_ADMIN_PORT. Nothing was started"
    fi
  done
}

# Starts gateways, A, B and C, and waits until each gateway sees all three.
launch() {
  local i name gateway urls="" tenths=0
  for gateway in "$@"; do urls+=,$(operators_at "" "$gateway"); done
  export GATEWAY_URL=${GATEWAY_URL:-${urls#,}}
  for name in "$@" a b c; do start "$name"; done
  for gateway in "$@"; do
    until for_a_second ask_health "$(gateway_port "$gateway")"; do
      for i in "${!PIDS[@]}"; do
        if ! running "${PIDS[$i]}"; then
          stop_all
          fail "${NAMES[$i]} did not start; its line above says why. Nothing is left running"
        fi
      done
      sleep 0.1
      if [ $((tenths += 1)) -eq 300 ]; then
        echo "run.sh  | still waiting for three healthy services; see $(at /services "$(gateway_port "$gateway")")"
      fi
    done
  done
}

# What starts one of them again.
again() {
  case $1 in
    gateway | second | third) # of a cluster; whoever has a password knows it
      # shellcheck disable=SC2001 # bash's own patterns would take more than one node's
      echo "${GATEWAY_ADMIN_PORT:+GATEWAY_ADMIN_PORT=$(admin_port "$1") }GATEWAY_PORT=$(gateway_port "$1") GATEWAY_REDIS_URL=$(sed 's|//[^@/,]*@|//user:password@|g' <<<"$GATEWAY_REDIS_URL") ./run.sh gateway"
      ;;
    *) echo "./run.sh $1" ;;
  esac
}

# Says who of those from the given one on has ended, until all of the first so many have; then stops the others.
watch() {
  local from=$1 gateways=$2 i reported=" " serving=yes
  while [ -n "$serving" ]; do
    serving=
    for ((i = 0; i < gateways; i++)); do
      if running "${PIDS[$i]}"; then serving=yes; fi
    done
    for ((i = from; i < ${#PIDS[@]}; i++)); do
      if ! running "${PIDS[$i]}" && [[ $reported != *" $i "* ]]; then
        echo "run.sh  | ${NAMES[$i]} has ended; $(again "${NAMES[$i]}") in another terminal starts it again"
        reported+="$i "
      fi
    done
    if [ -n "$REDIS" ] && ! running "$REDIS" && [[ $reported != *" redis "* ]]; then
      echo "run.sh  | redis has ended; each gateway limits by its own memory; ./run.sh redis in another terminal starts it again"
      reported+="redis "
    fi
    sleep 0.2
  done
  stop_all
}

# The gateway, A, B and C, and when they are ready what else is named; ends with the gateway or by a signal.
fleet() {
  local name
  build
  need_ports gateway
  trap 'stop_all; exit 0' INT TERM HUP
  launch gateway
  for name in "$@"; do start "$name"; done
  echo "ready   | try: curl -i $(at /api/data) (Ctrl-C stops all)"
  echo "ready   | watch: $(operators_at /dashboard)"
  echo "ready   | crash one: kill -9 ${PIDS[1]} (a), kill -9 ${PIDS[2]} (b), kill -9 ${PIDS[3]} (c)"
  watch 1 1
  fail "the gateway has ended; the services were stopped"
}

# --- several gateways ------------------------------------------------------------------------------------------------

# Sets SERVER to Redis's or Valkey's program: the installed one, or else that in the jar which the tests use.
find_redis() {
  local jar system entry
  SERVER=$(command -v redis-server || command -v valkey-server) && return
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) system=linux-amd64 ;;
    Linux-aarch64) system=linux-arm64 ;;
    Linux-i?86) system=linux-386 ;;
    Darwin-x86_64) system=darwin-amd64 ;;
    Darwin-arm64) system=darwin-arm64 ;;
    *) fail "no Redis found (redis-server or valkey-server), and none is brought for this system; install one" ;;
  esac
  jar=$(echo target/redis/embedded-redis-*.jar)
  entry=$("${JAVA%java}jar" --list --file "$jar" | grep -e "^redis-server.*-$system\$") ||
    fail "no Redis found (redis-server or valkey-server), and $jar has none either; install one"
  SERVER=$PWD/target/redis/$entry
  if [ ! -x "$SERVER" ]; then
    (cd target/redis && "${JAVA%java}jar" --extract --file "${jar##*/}" "$entry" && chmod +x "$entry") ||
      fail "$entry could not be taken out of $jar"
  fi
}

# What runs it: seen by this machine alone, everything in memory, the files it might write under target/.
redis_command() {
  case ${REDIS_PORT:-6379} in *[!0-9]*) fail "REDIS_PORT=$REDIS_PORT: expected a port" ;; esac
  if for_a_second taken "${REDIS_PORT:-6379}" 127.0.0.1; then
    fail "port ${REDIS_PORT:-6379} is taken; set REDIS_PORT, or GATEWAY_REDIS_URL to use a Redis that runs. Nothing was started"
  fi
  find_redis
  mkdir -p target/redis
  COMMAND=("$SERVER" --port "${REDIS_PORT:-6379}" --bind 127.0.0.1 --save "" --appendonly no --dir target/redis
    --loglevel warning)
}

# Starts Redis and waits until it listens. In a process group of its own: Ctrl-C must not reach it before the gateways.
start_redis() {
  redis_command
  set -m
  "${COMMAND[@]}" </dev/null > >(prefix redis) 2>&1 &
  REDIS=$!
  set +m
  disown
  until for_a_second taken "${REDIS_PORT:-6379}" 127.0.0.1; do
    running "$REDIS" || fail "Redis did not start ($SERVER); its line above says why. Nothing was started"
    sleep 0.1
  done
  echo "run.sh  | Redis is $SERVER on port ${REDIS_PORT:-6379}"
}

# Three gateways on one Redis; ends with the last of them or by a signal.
cluster() {
  local ports
  case ${GATEWAY_PORT:-8000} in 0 | *[!0-9]*) fail "GATEWAY_PORT=$GATEWAY_PORT: expected a port, the first of three" ;; esac
  build
  need_ports gateway second third
  trap 'stop_all; exit 0' INT TERM HUP
  if [ -z "${GATEWAY_REDIS_URL:-}" ]; then
    start_redis
    export GATEWAY_REDIS_URL=redis://127.0.0.1:${REDIS_PORT:-6379}
  fi
  launch gateway second third
  ports="$(gateway_port gateway) $(gateway_port second) $(gateway_port third)"
  echo "ready   | three gateways, one limit of ${GATEWAY_RATE_LIMIT:-5/60s} (Ctrl-C stops all). Try:"
  echo "ready   | for port in $ports $ports $ports; do curl -s -o /dev/null -w '%{http_code} ' $(at /api/data "\$port"); done; echo"
  echo "ready   | one list: curl $(at /services "$(gateway_port third)") shows what registered at the first"
  echo "ready   | crash one: kill -9 ${PIDS[1]} (second)${REDIS:+, kill -9 $REDIS (redis)}"
  watch 0 3
  fail "the gateways have ended; all else was stopped"
}

# --- what was asked for ----------------------------------------------------------------------------------------------

case ${1:-} in
  "") fleet ;;
  demo)
    export SERVICE_LATENCY=${SERVICE_LATENCY:-30ms} SERVICE_ERROR_RATE=${SERVICE_ERROR_RATE:-0.01}
    export GATEWAY_ACCESS_LOG=${GATEWAY_ACCESS_LOG:-off} # else the lines below scroll away
    fleet traffic
    ;;
  cluster) cluster ;;
  redis)
    build
    redis_command
    exec "${COMMAND[@]}"
    ;;
  gateway | a | b | c | traffic)
    build
    name=$1
    shift
    if [ -n "${GATEWAY_ADMIN_PORT:-}" ] && [[ $name == [abc] ]]; then # where services register
      export GATEWAY_URL=${GATEWAY_URL:-$(operators_at "")}
    fi
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
