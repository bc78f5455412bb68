#!/usr/bin/env bash
# Builds what is out of date and runs the gateway and its services. ./run.sh --help lists the commands.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

USAGE="usage: ./run.sh                 gateway and services A, B, C in this terminal; Ctrl-C stops all
       ./run.sh demo            the same with traffic, a little latency and a few failures, to watch at /dashboard
       ./run.sh cluster         three gateways that share a limit and a service list in Redis (started too), and A, B, C
       ./run.sh gateway|a|b|c   one of them, for a terminal of its own; a service takes a port as argument
       ./run.sh redis           the cluster's Redis: the installed one, or else the one that the tests use
       ./run.sh traffic         the demo's traffic: a few requests a second, from 40 addresses
       ./run.sh build           builds all, and records what makes starts quick
       ./run.sh env             prints the export line after which \"java GatewayApp.java\" works
       ./run.sh test [quick]    runs the tests (mvn verify); quick: only those that start no process and no browser
       ./run.sh --version       says which version this is, and which Java runs it

SERVICE_PORT=9001 ./run.sh gives A, B and C the ports 9001, 9002 and 9003 instead of 8001 to 8003.
A cluster's gateways listen on GATEWAY_PORT (8000), 10 and 20 above it, its Redis on REDIS_PORT (6379). With
GATEWAY_REDIS_URL set, the cluster uses that Redis and starts none. GATEWAY_PORT=0 and SERVICE_PORT=0 take free ports.
Settings come from the environment; ./run.sh gateway --help and ./run.sh a --help list them, and
./run.sh gateway --check says whether a gateway would start with them, and whether what they name is there.
NO_ARCHIVE=yes ./run.sh does without the archive that makes starts quick; else it records one, once a build, in the background.
JAVA_HOME chooses the JDK, 17 or newer."

fail() {
  echo "run.sh: $*" >&2
  exit 1
}

# Fails unless a setting, if there is one, is a port from $2 to $3.
need_port() {
  local value=${!1:-}
  case $value in
    '') return 0 ;;
    *[!0-9]* | ??????*) ;;
    *) if [ $((10#$value)) -ge "$2" ] && [ $((10#$value)) -le "$3" ]; then return 0; fi ;;
  esac
  echo "run.sh: $1=$value: expected a port from $2 to $3, like $4" >&2
  exit 2
}

# Prints the first of the other words that becomes the first by one letter more, less or other, or two in another order.
nearest() {
  local typed=$1 word i
  for word in "${@:2}"; do
    for ((i = 0; i <= ${#word}; i++)); do
      case $typed in
        "${word:0:i}"?"${word:i}" | "${word:0:i}${word:i+1}" | "${word:0:i}"?"${word:i+1}" | \
          "${word:0:i}${word:i+1:1}${word:i:1}${word:i+2}") echo "$word" && return ;;
      esac
    done
  done
}

# --- tools and build -------------------------------------------------------------------------------------------------

JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
BUILT=target/built
JAR=target/shared/classes.jar

need_jdk() {
  if ! command -v "$JAVA" >/dev/null 2>&1 || ! command -v "${JAVA}c" >/dev/null 2>&1; then
    fail "no JDK found ${JAVA_HOME:+at JAVA_HOME=$JAVA_HOME }(java and javac); install Java 17 or newer or set JAVA_HOME"
  fi
  JDK=$("$JAVA" -version 2>&1)
  VERSION=$(sed -n 's/.* version "\([0-9]*\).*/\1/p' <<<"$JDK" | head -n 1)
  [ -n "$VERSION" ] || fail "$JAVA -version doesn't say which Java it is, but: $JDK"
  [ "$VERSION" -ge 17 ] || fail "Java $VERSION is too old; install Java 17 or newer or set JAVA_HOME"
}

need_maven() {
  command -v mvn >/dev/null 2>&1 || fail "no Maven found (mvn); install it to build: https://maven.apache.org/install.html"
}

# Succeeds if the first file exists and nothing in the other files and folders is newer.
newest() { [ -f "$1" ] && [ -z "$(find "${@:2}" -newer "$1")" ]; }

# Compiles and fetches libraries where needed, and sets RUN, the command to which a main class is added. A lock (if the
# system has flock) lets one terminal build while others wait.
build() {
  need_jdk
  mkdir -p target
  exec 9>target/build.lock
  if command -v flock >/dev/null 2>&1; then flock 9; fi
  if ! [ -d target/lib ] || ! newest "$BUILT" pom.xml ./*.java src/main; then
    need_maven
    echo "run.sh: building ..." >&2
    rm -rf "$BUILT" target/lib # without the old libraries, no version of one stays beside its successor
    touch target/building      # before compiling, so that a file edited meanwhile is newer
    mvn -q -B -Dstyle.color=never -Dspotless.check.skip=true process-classes >&2 || fail "the build failed; see above"
    mv target/building "$BUILT"
  fi
  if ! newest "$JAR" target/classes; then # also after a mvn by hand
    rm -rf target/shared && mkdir target/shared # archives with the old classes go, too
    "${JAVA%java}jar" --create --file "$JAR" -C target/classes . || fail "jar failed; see above"
  fi
  exec 9>&-

  # A process that has run out of memory is of no use and ends. JDK_JAVA_OPTIONS adds options of your own. The heap starts
  # small: the JVM's own choice is 1/64 of the machine's memory, which it fills before it looks for garbage. Half of it is
  # for what is new: in less, a collection finds more that is still in use (0.6 times the p99 at 512 connections). The
  # compiler puts methods of half its usual size into their callers: so it is done in six seconds under load instead of
  # ten, and takes 15 MB less, for 1.5 % more CPU time a request.
  RUN=("$JAVA" -XX:+ExitOnOutOfMemoryError -Xms64m -XX:NewSize=32m -XX:FreqInlineSize=150 -cp "$JAR:target/lib/*")

  # How the classes of a gateway look in memory, and from Java 25 on what its requests run through: record makes it. The
  # name says for which classes and which Java it is, since Java itself takes one of other classes up to 25.0.3
  # (JDK-8377932). One that it can't use, it ignores; that one is damaged it notices only if it is told to look. HTTPS has
  # its own: requests run through other code.
  KEY=$({ cat "$JAR" && ls target/lib && echo "$JDK" "${RUN[@]:1}"; } | cksum | tr ' ' -)
  ARCHIVE=target/shared/gateway-$VERSION-http${GATEWAY_TLS_CERT:+s}-$KEY
  QUIET=(-Xlog:cds=off -Xlog:cds+dynamic=off) # else it says so
  USE=-XX:SharedArchiveFile RECORD=-XX:ArchiveClassesAtExit
  if [ "$VERSION" -ge 25 ]; then QUIET+=(-Xlog:aot=off) USE=-XX:AOTCache RECORD=-XX:AOTCacheOutput; fi
  if [ -f "$ARCHIVE" ] && [ -z "${NO_ARCHIVE:-}" ]; then RUN+=("$USE=$ARCHIVE" -XX:+VerifySharedSpaces "${QUIET[@]}"); fi
}

# Records the archive, unless there is one, by a gateway that serves itself requests and then ends. It takes none of this
# terminal's settings, but the certificate, and only CPU time that nobody else wants.
record() {
  local new=target/shared/new-$$ pid certificate=${GATEWAY_TLS_CERT:-} key=${GATEWAY_TLS_KEY:-}
  if [ -f "$ARCHIVE" ]; then return; fi
  # shellcheck disable=SC2086 # names
  unset ${!GATEWAY_@} ${!SERVICE_@}
  if [ -n "$certificate" ]; then export GATEWAY_TLS_CERT=$certificate GATEWAY_TLS_KEY=$key; fi
  : >"$new.log"
  trap 'kill -KILL "$pid" 2>/dev/null; rm -f "$new"*; exit 1' INT TERM HUP
  GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=0 GATEWAY_WARM_UP=20s nice -n 19 "${RUN[@]}" "$RECORD=$new" "${QUIET[@]}" GatewayApp \
    >"$new.log" 2>&1 &
  pid=$!
  until grep -q 'is ready on port' "$new.log" || ! kill -0 "$pid" 2>/dev/null; do sleep 1; done
  kill "$pid" 2>/dev/null
  wait "$pid"
  if [ -s "$new" ]; then
    rm -f "${ARCHIVE%"$KEY"}"* # of an older JDK of this version
    mv -f "$new" "$ARCHIVE"
  fi
  rm -f "$new"*
  [ -f "$ARCHIVE" ]
}

# --- processes and their events --------------------------------------------------------------------------------------

# The processes started here, each by its index: its name, the command that starts it again and, until it ends, its PID.
NAMES=() AGAIN=() PIDS=()
RECORDING= # the process that records an archive
CRASHES= # the commands that kill them, except the first gateway and the demo's traffic

# Prepares to start processes. Whatever happens arrives as a line in one pipe, file descriptor 3: "ready INDEX PORT
# OPERATORS-PORT", "healthy INDEX" (a gateway has found a service healthy), "ended INDEX", or "stop" after a signal.
# Takes how far above the first gateway's ports the last one's are.
prepare() {
  local pipe=target/events.$$
  need_port GATEWAY_PORT 0 $((65535 - $1)) 8000
  need_port GATEWAY_ADMIN_PORT 0 $((65535 - $1)) 8100
  need_port SERVICE_PORT 0 65533 8001 # that of A; B and C have the two above it
  build
  mkfifo "$pipe" || fail "can't make the pipe $pipe"
  exec 3<>"$pipe" && rm "$pipe"
  trap 'echo stop >&3' INT TERM HUP
  trap '' PIPE # where nobody reads the output any more (./run.sh | head), all the rest goes on, and can be stopped
  trap stop_all EXIT
}

# Shows a process's output, each line behind its name, and reports events from it.
follow() {
  local index=$1 name=$2 line
  local ready='is ready on port ([0-9]+)(, for operators on port ([0-9]+))?|Ready to accept connections'
  trap '' INT TERM HUP # last lines are shown, too
  while IFS= read -r line; do
    printf '%-7s | %s\n' "$name" "$line" 2>/dev/null
    case $line in # for every line of a busy log, the regex alone would cost five times as much
      *" is healthy: "*) echo "healthy $index" >&3 ;;
      *[Rr]eady*) [[ $line =~ $ready ]] && echo "ready $index ${BASH_REMATCH[1]:-} ${BASH_REMATCH[3]:-}" >&3 ;;
    esac
  done
  echo "ended $index" >&3
}

# Starts a command under a name. Its process group is its own, so that Ctrl-C reaches this script alone.
start() {
  local name=$1 index=${#NAMES[@]}
  shift
  NAMES+=("$name") AGAIN+=("./run.sh $name")
  set -m
  "$@" > >(follow "$index" "$name") 2>&1 &
  PIDS[index]=$!
  set +m
  disown # otherwise bash reports a killed process in its own words
  if [ "$name" != gateway ] && [ "$name" != traffic ]; then CRASHES+="${CRASHES:+, }kill -9 ${PIDS[index]} ($name)"; fi
}

# Waits this many seconds for the next event, and for the rest of its line; sets EVENT, INDEX, PORT and OPERATORS. Fails if
# none comes. Callers wait briefly, since bash 3.2 (macOS) may handle a signal only afterwards.
next_event() {
  local line='' rest=''
  EVENT=
  read -r -t "$1" -u 3 line || { [ -n "$line" ] && read -r -u 3 rest; } || return 1 # 1: in a trap, return alone succeeds
  read -r EVENT INDEX PORT OPERATORS <<<"$line$rest"
  if [ "$EVENT" = ended ]; then unset "PIDS[INDEX]"; fi
}

# Waits until an event has come this many times; ends all if a process ends before that.
await() {
  local awaited=$1 times=$2 description=$3 since=$SECONDS
  while [ "$times" -gt 0 ]; do
    next_event 1
    if [ $((SECONDS - since)) -ge 30 ]; then echo "run.sh  | still waiting for $description" && since=$SECONDS; fi
    case $EVENT in
      "$awaited") times=$((times - 1)) ;;
      ended) fail "${NAMES[INDEX]} did not start; its line above says why. Stopping the others" ;;
      stop) exit 0 ;;
    esac
  done
}

# Reports each process that ends, until no gateway is left. Meanwhile records the archive if there is none.
watch() {
  local gateways=$1
  if [ -z "${NO_ARCHIVE:-}" ]; then
    set -m # its own process group, for stop_all
    record 3>&- >/dev/null 2>&1 &
    RECORDING=$!
    set +m
    disown
  fi
  while true; do
    next_event 1
    case $EVENT in
      stop) exit 0 ;;
      ended)
        case ${NAMES[INDEX]} in gateway | second | third) gateways=$((gateways - 1)) ;; esac
        if [ "$gateways" = 0 ]; then fail "the gateway has ended, and no other is left; stopping all else"; fi
        echo "run.sh  | ${NAMES[INDEX]} has ended; ${AGAIN[INDEX]} in another terminal starts it again"
        ;;
    esac
  done
}

# Sends SIGTERM until only this many processes are left, none or Redis: one that is just being started may miss a signal, or
# end without an event. Kills those that hang, 10 s after GATEWAY_DRAIN and after the 10 s that a service may take.
end_all_but() {
  local index signal=TERM drain=${GATEWAY_DRAIN:-10s}
  local limit=10#0${drain//[^0-9]/}
  case $drain in *ms*) limit=$((limit / 1000)) ;; *m*) limit=$((limit * 60)) ;; *h*) limit=$((limit * 3600)) ;; esac
  limit=$((SECONDS + (limit > 10 ? limit : 10) + 10))
  while [ ${#PIDS[@]} -gt "$1" ]; do
    if [ "$SECONDS" -ge "$limit" ]; then signal=KILL; fi
    for index in "${!PIDS[@]}"; do
      if [ "$1" = 1 ] && [ "${NAMES[index]}" = redis ]; then continue; fi
      kill -$signal "${PIDS[index]}" 2>/dev/null || unset "PIDS[index]"
    done
    while [ ${#PIDS[@]} -gt "$1" ] && next_event 2; do :; done
  done
}

# Stops all, Redis last since stopping gateways need it. This may take as long as GATEWAY_DRAIN; a second Ctrl-C kills.
stop_all() {
  trap '' TERM HUP
  trap 'kill -KILL ${PIDS[@]+"${PIDS[@]}"} 2>/dev/null; exit' INT
  if [ ${#PIDS[@]} -gt 0 ]; then echo "run.sh  | stopping; Ctrl-C again kills what is left" 2>/dev/null; fi
  if [ "${NAMES[0]:-}" = redis ]; then end_all_but 1; fi
  end_all_but 0
  if [ -n "$RECORDING" ]; then # not by TERM, on which Java would write what it has recorded so far
    kill -KILL -- "-$RECORDING" 2>/dev/null
    rm -f "target/shared/new-$$"*
  fi
}

# --- all in one terminal ---------------------------------------------------------------------------------------------

# Sets PORT to a port this many above the first one; 0, any free port, stays 0.
port_above() { PORT=$((10#$1 == 0 ? 0 : 10#$1 + $2)); }

# Sets URL to that of a host and port as this machine sees them.
url() {
  case $1 in
    0.0.0.0 | ::) URL=http://localhost:$2 ;;
    *:*) URL=http://[$1]:$2 ;;
    *) URL=http://$1:$2 ;;
  esac
}

# Has the command that starts the last process again say which gateways it uses, unless those are the usual one.
again_at() {
  local last=$((${#NAMES[@]} - 1))
  if [ "$1" != http://localhost:8000 ]; then AGAIN[last]="GATEWAY_URL=${1// /} ${AGAIN[last]}"; fi
}

# Starts a service, this many ports above the first one's.
service() {
  port_above "${SERVICE_PORT:-8001}" "$2"
  start "$1" "${RUN[@]}" "Service$(tr abc ABC <<<"$1")" "$PORT"
  if [ "$PORT" != $((8001 + $2)) ]; then AGAIN[${#NAMES[@]} - 1]+=" $PORT"; fi
  again_at "$GATEWAY_URL"
}

# Starts gateways with these names, one after another, then A, B and C; waits until every gateway has found all three
# healthy. Sets URLS to the gateways' URLs for clients and DASHBOARD to the first one's dashboard.
fleet() {
  local name admin own above=0 urls=""
  for name in "$@"; do
    port_above "${GATEWAY_ADMIN_PORT:-0}" "$above"
    admin=${GATEWAY_ADMIN_PORT:+$PORT}
    port_above "${GATEWAY_PORT:-8000}" "$above"
    own=$PORT # for the first gateway as the caller has it: what nobody set stays a default in /config
    if [ "$above" = 0 ]; then own=${GATEWAY_PORT:-}; fi
    GATEWAY_PORT=$own GATEWAY_ADMIN_PORT=$admin start "$name" "${RUN[@]}" GatewayApp
    await ready 1 "$name to listen"
    AGAIN[INDEX]="GATEWAY_PORT=$PORT GATEWAY_REDIS_URL=${OWN_REDIS:-...} ./run.sh gateway"
    url "${GATEWAY_HOST:-0.0.0.0}" "$PORT"
    URLS+=("$URL")
    if [ -n "$admin" ]; then
      AGAIN[INDEX]="GATEWAY_ADMIN_PORT=$OPERATORS ${AGAIN[INDEX]}"
      url "${GATEWAY_ADMIN_HOST:-127.0.0.1}" "$OPERATORS"
    fi
    urls+=${urls:+,}$URL
    above=$((above + 10))
  done
  DASHBOARD=${urls%%,*}/dashboard
  export GATEWAY_URL=${GATEWAY_URL:-$urls}
  service a 0
  service b 1
  service c 2
  await healthy $((3 * $#)) "three healthy services; see ${URLS[0]}/services"
}

# Runs one gateway, A, B and C, in the demo with traffic.
one() {
  prepare 0
  fleet gateway
  if [ "$1" = demo ]; then
    GATEWAY_URL=${URLS[0]} start traffic "${RUN[@]}" gateway.demo.Traffic
    again_at "${URLS[0]}"
  fi
  echo "ready   | try: curl -i ${URLS[0]}/api/data (Ctrl-C stops all)"
  echo "ready   | watch: $DASHBOARD"
  echo "ready   | crash one: $CRASHES"
  watch 1
}

# Runs three gateways on one Redis, A, B and C.
cluster() {
  if [ -z "${GATEWAY_REDIS_URL:-}" ]; then need_redis_port; fi
  prepare 20
  if [ -z "${GATEWAY_REDIS_URL:-}" ]; then
    find_redis
    start redis "${REDIS[@]}"
    if [ "${REDIS_PORT:-6379}" != 6379 ]; then AGAIN[0]="REDIS_PORT=$REDIS_PORT ${AGAIN[0]}"; fi
    await ready 1 "Redis to listen"
    OWN_REDIS=redis://127.0.0.1:${REDIS_PORT:-6379}
    export GATEWAY_REDIS_URL=$OWN_REDIS
  fi
  fleet gateway second third
  echo "ready   | three gateways, one limit of ${GATEWAY_RATE_LIMIT:-5/60s} (Ctrl-C stops all). Try:"
  echo "ready   | for i in 1 2 3; do for gateway in ${URLS[*]}; do" \
    "curl -s -o /dev/null -w '%{http_code} ' \$gateway/api/data; done; done; echo"
  echo "ready   | one list: curl ${URLS[2]}/services shows what registered at the first"
  echo "ready   | crash one: $CRASHES"
  watch 3
}

need_redis_port() { need_port REDIS_PORT 1 65535 6379; }

# Sets REDIS to the command that runs Redis or Valkey, the installed one or else the one that the tests use. It listens to
# this machine alone and keeps everything in memory.
find_redis() {
  local server system
  if ! server=$(command -v redis-server || command -v valkey-server); then
    system=$(uname -sm | sed 's/Linux /linux-/; s/Darwin /darwin-/; s/x86_64/amd64/; s/aarch64/arm64/; s/i.86/386/')
    server=$(echo "$PWD"/target/redis/redis-server-*-"$system")
    chmod +x "$server" 2>/dev/null ||
      fail "no Redis found (redis-server or valkey-server), and the tests have none for this system; install one"
  fi
  REDIS=("$server" --port "${REDIS_PORT:-6379}" --bind 127.0.0.1 --save "" --appendonly no --dir target)
}

# --- commands --------------------------------------------------------------------------------------------------------

# Replaces this script by a main class.
run() {
  if [[ $1 == Service* ]]; then need_port GATEWAY_ADMIN_PORT 0 65535 8100; fi
  build
  if [ -n "${GATEWAY_ADMIN_PORT:-}" ] && [[ $1 == Service* ]]; then # where services register
    url "${GATEWAY_ADMIN_HOST:-127.0.0.1}" "$GATEWAY_ADMIN_PORT"
    export GATEWAY_URL=${GATEWAY_URL:-$URL}
  fi
  exec "${RUN[@]}" "$@"
}

command=${1:-}
if [ $# -gt 0 ]; then shift; fi
case $command in
  demo | cluster | redis | build | env) # which take nothing more
    case ${1:-} in
      -h | --help) echo "$USAGE" && exit 0 ;;
    esac
    if [ $# -gt 0 ]; then
      echo "run.sh: unknown argument $1; $command takes none, settings come from the environment" >&2
      echo "$USAGE" >&2
      exit 2
    fi
    ;;
esac
case $command in
  "") one plain ;;
  demo)
    export SERVICE_LATENCY=${SERVICE_LATENCY:-30ms} SERVICE_ERROR_RATE=${SERVICE_ERROR_RATE:-0.01}
    export GATEWAY_ACCESS_LOG=${GATEWAY_ACCESS_LOG:-off} # else the ready lines scroll away
    one demo
    ;;
  cluster) cluster ;;
  build) build && record ;;
  redis) need_redis_port && build && find_redis && exec "${REDIS[@]}" ;;
  gateway) run GatewayApp "$@" ;;
  a | b | c) run "Service$(tr abc ABC <<<"$command")" "$@" ;;
  traffic) run gateway.demo.Traffic "$@" ;;
  env)
    build
    printf 'export CLASSPATH=%q\n' "$PWD/target/classes:$PWD/target/lib/*"
    ;;
  test)
    need_jdk && need_maven
    if [ "${1:-}" = quick ]; then shift && set -- -Dquick "$@"; fi
    exec mvn -B -Dstyle.color=never verify "$@"
    ;;
  --version) run GatewayApp --version ;;
  -h | --help | help) echo "$USAGE" ;;
  *)
    near=$(nearest "$command" demo cluster gateway redis traffic build env test help --help --version)
    echo "run.sh: unknown argument $command${near:+; did you mean $near?}" >&2
    echo "$USAGE" >&2
    exit 2
    ;;
esac
