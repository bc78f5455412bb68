#!/usr/bin/env bash
# Measures what sharing the limit through Redis costs: of Redis, and of a gateway beside one that limits by its memory.
#
#   bench/redis.sh [rounds]          rounds of each measurement, default 3; the tables show their medians
#   PARTS="decisions memory exact" bench/redis.sh      without the gateways
#   CONNECTIONS=64 SECONDS_EACH=5 JDK=25 PARTS=gateway bench/redis.sh 1
#
# Redis has core 1 to itself for what is asked of it alone; load comes from core 0. With gateways, the one that is asked
# has core 0 to itself, and wrk, the backend and Redis share core 1. Compare within one run.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

ROUNDS=${1:-3}
PARTS=${PARTS:-decisions memory exact gateway}
CONNECTIONS=${CONNECTIONS:-16 64 512}
SECONDS_EACH=${SECONDS_EACH:-6}
WARM_UP=${WARM_UP:-25}
JDK=${JDK:-25}
. bench/common.sh
. bench/peers.sh

for tool in redis-server redis-cli redis-benchmark wrk nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: redis wrk nginx-light util-linux python3)"
done

# Four ports in a row that nobody has: Redis, the backend, the gateways.
reserve_ports 4
BACKEND=127.0.0.1:$((PORT + 1))

start_redis

echo "$(machine), $(date +%F)"
echo "$(redis-server --version | cut -d ' ' -f 1-3), $(redis-server --version | grep -o 'malloc=[^ ]*')"
echo "$ROUNDS rounds, medians"

# --- decisions -------------------------------------------------------------------------------------------------------

# Decisions a second: clients, limit, how many requests wait in each of 8 connections.
decide() {
  local requests=$((40000 * $3))
  if [ $requests -gt 400000 ]; then requests=400000; fi
  taskset -c 0 redis-benchmark -p "$PORT" --csv -c 8 -P "$3" -r "$1" -n $requests \
    EVALSHA "$(sha)" 1 'gateway:limit:{__rand_int__}' take 0 0 1 1 "$2" 60000000 |
    awk -F '","' 'NR == 2 { print int($2) }'
}

decisions() {
  local row pipeline set
  printf '\n| decisions | at once | decisions/s of one Redis core |\n|---|---|---|\n'
  for set in "1000000 5 of ever new clients, all pass" "1 5 of one client that is over its limit" "1000 100 of 1000 clients, limit 100"; do
    row=${set#* * }
    for pipeline in 1 16 128; do
      : >"$WORK/rounds"
      for _ in $(seq "$ROUNDS"); do
        cli FLUSHALL >/dev/null
        # shellcheck disable=SC2086
        decide ${set%%" of "*} "$pipeline" >>"$WORK/rounds"
      done
      echo "| $row | 8 × $pipeline | $(median <"$WORK/rounds") |"
    done
  done
}

# --- memory ----------------------------------------------------------------------------------------------------------

# Bytes of Redis for each of so many clients whose windows of this limit are full.
fill() { # clients, limit
  local before
  cli FLUSHALL >/dev/null
  before=$(cli INFO memory | awk -F: '/^used_memory:/ { print int($2) }')
  python3 - "$1" "$2" "$(sha)" <<'PY' | cli --pipe >/dev/null
import sys
clients, limit, sha = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for client in range(clients):
    key = "gateway:limit:{%d.%d.%d.%d}" % (100 + client % 100, 100 + client // 100 % 100, 100 + client // 10000, 123)
    words = ["EVALSHA", sha, "1", key, "take", "0", "0", "1", "1", str(limit), "600000000"] # ten minutes, so that nothing leaves
    command = "*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(word), word) for word in words)
    sys.stdout.write(command * limit)
PY
  cli INFO memory | awk -F: -v before="$before" -v clients="$1" '/^used_memory:/ { print int(($2 - before) / clients) }'
}

memory() {
  printf '\n| full windows | clients | bytes of Redis for each |\n|---|---|---|\n'
  echo "| limit 5 | 20000 | $(fill 20000 5) |"
  echo "| limit 100 | 5000 | $(fill 5000 100) |"
  echo "| limit 10000 | 50 | $(fill 50 10000) |"
}

# --- exactness -------------------------------------------------------------------------------------------------------

# 200 connections ask at once for one client with a limit of 5, for 50 clients one after another.
exact() {
  printf '\n| 200 at once, limit 5, 50 times | passed: least | mean | most |\n|---|---|---|---|\n'
  python3 - "$PORT" "$(sha)" <<'PY'
import socket, sys, threading
port, sha = int(sys.argv[1]), sys.argv[2]
THREADS, ROUNDS, LIMIT = 200, 50, 5

def limiter(name, decide):
    passed, lock, barrier = [0] * ROUNDS, threading.Lock(), threading.Barrier(THREADS)

    def client():
        wire = socket.create_connection(("127.0.0.1", port))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = wire.makefile("rb")

        def ask(*words):
            wire.sendall(b"".join([b"*%d\r\n" % len(words)] + [b"$%d\r\n%s\r\n" % (len(w), w) for w in map(str.encode, words)]))
            return read()

        def read():
            line = answers.readline()
            if line[:1] == b"*":
                return [read() for _ in range(int(line[1:]))]
            if line[:1] == b"$":
                size = int(line[1:])
                return None if size < 0 else answers.read(size + 2)[:-2]
            return line[1:-2]

        for turn in range(ROUNDS):
            barrier.wait()
            if decide(ask, "gateway:limit:{%s %d}" % (name, turn)):
                with lock:
                    passed[turn] += 1

    threads = [threading.Thread(target=client) for _ in range(THREADS)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print("| %s | %d | %.1f | %d |" % (name, min(passed), sum(passed) / ROUNDS, max(passed)))

def read_then_increment(ask, key):
    if int(ask("GET", key) or 0) >= LIMIT:
        return False
    ask("INCR", key)
    ask("EXPIRE", key, "60")
    return True

limiter("take.lua", lambda ask, key: int(ask("EVALSHA", sha, "1", key, "take", "0", "0", "1", "1", str(LIMIT), "60000000")[0]) == 1)
limiter("read, then increment", read_then_increment)
PY
}

# --- gateways --------------------------------------------------------------------------------------------------------

start() { # a name, a port, more settings
  local home name=$1 port=$2
  shift 2
  home=$(java_home "$JDK")
  [ -n "$home" ] || fail "no JDK $JDK in /usr/lib/jvm; JDK=17 takes another"
  env GATEWAY_HOST=127.0.0.1 GATEWAY_PORT="$port" GATEWAY_RATE_LIMIT=1000000/1s GATEWAY_ACCESS_LOG=off \
    GATEWAY_SERVICES="http://$BACKEND" "$@" \
    taskset -c 0 "$home/bin/java" -cp "target/classes:target/lib/*" GatewayApp >"$WORK/$name.log" 2>&1 &
  PIDS+=($!)
  await_port "$port" "$WORK"/*.log
}

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

load() { # seconds, connections, port
  taskset -c 1 wrk -t1 "-c$2" "-d${1}s" --timeout 10s --latency "http://127.0.0.1:$3/api/data"
}

# One measurement: requests/s, CPU µs a request, p50 ms, p99 ms, non-2xx.
measure() { # pid, port, connections
  local before after
  before=$(ticks "$1")
  load "$SECONDS_EACH" "$3" "$2" >"$WORK/wrk"
  after=$(ticks "$1")
  figures $((after - before)) <"$WORK/wrk"
}

# wrk is one client that no limit stops: its list holds all requests of a second, more than a client's does elsewhere.
gateway() {
  local connections store pid port row column
  chmod 755 "$WORK"
  cat >"$WORK/backend.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/backend.pid; error_log $WORK/backend.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000;
  server { listen $BACKEND backlog=4096; location / { return 200 '{"service":"bench","items":["a","b","c"],"n":12345}'; } }
}
CONF
  taskset -c 1 nginx -c "$WORK/backend.conf" &
  PIDS+=($!)
  ./run.sh env >/dev/null || fail "the build failed"
  cli FLUSHALL >/dev/null
  start memory $((PORT + 2))
  local memory_pid=${PIDS[-1]}
  start redis $((PORT + 3)) "GATEWAY_REDIS_URL=redis://127.0.0.1:$PORT"
  local redis_pid=${PIDS[-1]}
  load "$WARM_UP" 64 $((PORT + 2)) >/dev/null
  load "$WARM_UP" 64 $((PORT + 3)) >/dev/null
  printf '\n| connections | limit kept in | requests/s | CPU µs/request | p50 ms | p99 ms | non-2xx |\n|---|---|---|---|---|---|---|\n'
  for connections in $CONNECTIONS; do
    : >"$WORK/memory.rounds"
    : >"$WORK/redis.rounds"
    for _ in $(seq "$ROUNDS"); do # in turns, so that what else happens on the machine meets both
      measure "$memory_pid" $((PORT + 2)) "$connections" >>"$WORK/memory.rounds"
      measure "$redis_pid" $((PORT + 3)) "$connections" >>"$WORK/redis.rounds"
    done
    for store in memory redis; do
      row="| $connections | $store"
      for column in 1 2 3 4; do row+=" | $(awk "{print \$$column}" "$WORK/$store.rounds" | median)"; done
      echo "$row | $(awk '{ sum += $5 } END { print sum }' "$WORK/$store.rounds") |"
    done
  done
}

for part in $PARTS; do
  case $part in
    decisions | memory | exact | gateway) "$part" ;;
    *) fail "unknown part $part; there are decisions, memory, exact and gateway" ;;
  esac
done
