#!/usr/bin/env bash
# Measures what docs/scale.md reckons with: how long a decision takes at several loads of Redis, and what several
# gateways on this machine cost one Redis core, by their number, services, routes and clients.
#
#   bench/scale.sh                                 everything: 7 minutes
#   PARTS="script latency" bench/scale.sh          without gateways; the second is the table in bench/Scale.java
#   PARTS=cost ROWS="4,3,1,10000" bench/scale.sh   one row: gateways, services, routes, clients
#   PARTS=silent bench/scale.sh                    a gateway and a cluster of three, of which one is silent, then killed
#
# Redis shares core 1 with the gateways, which have both, as have wrk and the backend. So throughput says little here:
# what counts is Redis's CPU a decision, and how long it says that a script ran. For the same reason the gateways make do with
# the first compiler: bench/redis.sh says what they cost.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

PARTS=${PARTS:-script latency cost silent}
ROWS=${ROWS:-1,3,1,10000 2,3,1,10000 4,3,1,10000 4,300,1,10000 4,3,50,10000 4,3,1,100 4,3,1,100000}
SECONDS_EACH=${SECONDS_EACH:-6}
JDK=${JDK:-25}
. bench/common.sh
. bench/peers.sh

for tool in redis-server redis-cli redis-benchmark wrk nginx taskset python3 openssl curl; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: redis wrk nginx-light util-linux python3 openssl curl)"
done

# Ports in a row that nobody has: Redis, the backend, the gateways; or one gateway, three nodes of a cluster and their
# bus.
reserve_ports 10
BACKEND=$((PORT + 1))
TOKEN=$(openssl rand -hex 20) # since a client that names others in X-Forwarded-For is not on this machine

start_redis

echo "$(machine), $(date +%F)"
echo "$(redis-server --version | cut -d ' ' -f 1-3), load of the machine before: $(cut -d ' ' -f 1-3 /proc/loadavg)"

info() { # section, field
  cli INFO "$1" | tr -d '\r' | awk -F: -v field="$2" '$1 == field { print $2 }'
}

cpu_micros() { cli INFO cpu | tr -d '\r' | awk -F: '/^used_cpu_(sys|user):/ { sum += $2 } END { printf "%.0f\n", sum * 1e6 }'; }

# --- script ----------------------------------------------------------------------------------------------------------

# CPU of Redis for a decision, by how many come together; most clients are new, and none is over its limit.
script() {
  local together before
  printf '\n| decisions at once | Redis: CPU µs/decision | a core at 60 %% decides |\n|---|---|---|\n'
  for together in 1 2 4 8 16; do
    cli FLUSHALL >/dev/null
    before=$(cpu_micros)
    taskset -c 0 redis-benchmark -p "$PORT" -q -c 16 -P "$together" -r 1000000 -n 100000 \
      EVALSHA "$(sha)" 1 'gateway:limit:{__rand_int__}' take 0 0 1 1 5 60000000 >"$WORK/benchmark"
    awk -v together="$together" -v used="$(cpu_micros)" -v before="$before" \
      'BEGIN { each = (used - before) / 100000; printf "| %d | %.1f | %d/s |\n", together, each, 600000 / each }'
  done
  cli FLUSHALL >/dev/null
  before=$(info memory used_memory)
  python3 - "$(sha)" <<'PY' | cli --pipe >/dev/null
import sys
for client in range(50000):
    words = ["EVALSHA", sys.argv[1], "1", "gateway:limit:{%d.%d.%d.123}" % (100 + client % 100, 100 + client // 100 % 100, 100 + client // 10000),
             "take", "0", "0", "1", "1", "5", "600000000"] # ten minutes, so that nothing leaves
    sys.stdout.write(("*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(word), word) for word in words)) * 5)
PY
  printf '\nbytes of Redis for each of 50,000 clients whose five are used up: %d\n' $((($(info memory used_memory) - before) / 50000))
}

# --- latency ---------------------------------------------------------------------------------------------------------

# One connection asks one decision after another, with pauses; other processes ask at a given rate, 8 at once.
latency() {
  local rate sha
  sha=$(sha)
  printf '\n| decisions/s asked by others | of a core | p0 | p10 | p25 | p50 | p75 | p90 | p95 | p99 | p99.9 | most, µs |\n'
  echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
  for rate in 0 10000 25000 40000; do
    cli FLUSHALL >/dev/null
    python3 - "$PORT" "$sha" "$rate" "$SECONDS_EACH" <<'PY'
import os, random, signal, socket, sys, time
port, sha, rate, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
BATCH = 8

def words(*all):
    return b"*%d\r\n" % len(all) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, all))

def decision():
    key = "gateway:limit:{10.%d.%d.%d}" % (random.randrange(10), random.randrange(100), random.randrange(100))
    return words("EVALSHA", sha, "1", key, "take", "0", "0", "1", "1", "5", "60000000")

def connect():
    wire = socket.create_connection(("127.0.0.1", port))
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire

def read(wire, answers):
    got = b""
    while got.count(b"*4\r\n") < answers or got.count(b"\r\n") < 5 * answers:
        got += wire.recv(65536)

def cpu():
    wire = connect()
    wire.sendall(words("INFO", "cpu"))
    text = wire.recv(65536).decode()
    return sum(float(line.split(":")[1]) for line in text.split("\r\n") if line.startswith(("used_cpu_sys:", "used_cpu_user:")))

others = []
for _ in range((rate + 14999) // 15000): # more than that is too much for one
    others.append(os.fork())
    if others[-1]:
        continue
    wire, rate = connect(), rate / ((rate + 14999) // 15000)
    batches = [b"".join(decision() for _ in range(BATCH)) for _ in range(5000)]
    start, sent = time.perf_counter(), 0
    while True:
        due = start + sent * BATCH / rate
        time.sleep(max(0, due - time.perf_counter()))
        wire.sendall(batches[sent % len(batches)])
        read(wire, BATCH)
        sent += 1
try:
    wire, took = connect(), []
    time.sleep(0.3)
    start, before = time.perf_counter(), cpu()
    while time.perf_counter() - start < seconds:
        asked = decision()
        at = time.perf_counter()
        wire.sendall(asked)
        read(wire, 1)
        took.append(time.perf_counter() - at)
        time.sleep(random.random() * 0.001)
    used = (cpu() - before) / (time.perf_counter() - start)
finally:
    for other in others:
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)
took.sort()
places = [took[min(len(took) - 1, int(len(took) * part))] * 1e6 for part in (0, .1, .25, .5, .75, .9, .95, .99, .999, 1)]
print("| %d | %d %% | %s |" % (rate, used * 100, " | ".join("%d" % place for place in places)))
PY
  done
}

# --- cost ------------------------------------------------------------------------------------------------------------

backend() { # listens at as many addresses as there are services
  local last
  chmod 755 "$WORK"
  {
    echo "daemon off; worker_processes 1; pid $WORK/backend.pid; error_log $WORK/backend.log; events { worker_connections 8192; }"
    echo "http { access_log off; keepalive_requests 100000000; server {"
    for last in $(seq 0 299); do echo "listen 127.1.$((last / 200)).$((1 + last % 200)):$BACKEND;"; done
    echo "location / { return 200 'fine'; } } }"
  } >"$WORK/backend.conf"
  nginx -c "$WORK/backend.conf" &
  PIDS+=($!)
}

build() { # what both parts with gateways need
  HOME_OF_JAVA=$(java_home "$JDK")
  [ -n "$HOME_OF_JAVA" ] || fail "no JDK $JDK in /usr/lib/jvm; JDK=17 takes another"
  ./run.sh env >/dev/null || fail "the build failed"
  cat >"$WORK/clients.lua" <<'LUA'
local routes, clients
function init(words)
  routes, clients = tonumber(words[1]), tonumber(words[2])
  math.randomseed(tonumber(words[3]))
end
function request()
  local client, route = math.random(clients), math.random(routes) - 1
  local address = string.format("10.%d.%d.%d", client / 65536, client / 256 % 256, client % 256)
  return wrk.format("GET", (route == 0 and "/api" or "/r" .. route) .. "/data", {["X-Forwarded-For"] = address})
end
LUA
  [ -f "$WORK/backend.conf" ] || backend
}

start_gateway() { # number, URL of Redis: sets PID
  env GATEWAY_HOST=127.0.0.1 GATEWAY_PORT="$((BACKEND + $1))" GATEWAY_RATE_LIMIT=1000000/1s GATEWAY_ACCESS_LOG=off \
    GATEWAY_WARM_UP=0s GATEWAY_HEALTH_INTERVAL=10s GATEWAY_TRUSTED_PROXIES=127.0.0.1 GATEWAY_RATE_LIMIT_CLIENTS=1000000 \
    GATEWAY_REDIS_URL="$2" GATEWAY_ADMIN_TOKEN="$TOKEN" \
    taskset -c 0,1 "$HOME_OF_JAVA/bin/java" -XX:TieredStopAtLevel=1 -Xms48m -Xmx1g -cp "target/classes:target/lib/*" \
    GatewayApp >"$WORK/gateway$1.log" 2>&1 &
  PID=$!
  PIDS+=("$PID")
}

# Registers services and puts routes, each with a limit of its own, at one gateway.
furnish() { # gateway's port, services, routes
  python3 - "$1" "$2" "$3" "$BACKEND" "$TOKEN" <<'PY'
import http.client, json, sys
gateway, services, routes, backend = map(int, sys.argv[1:5])
token = sys.argv[5]
wire = http.client.HTTPConnection("127.0.0.1", gateway, timeout=10)

def send(method, path, body):
    wire.request(method, path, json.dumps(body), {"Content-Type": "application/json", "Authorization": "Bearer " + token})
    answer = wire.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit("%s %s: %d %s" % (method, path, answer.status, text.decode()))

def url(number):
    return "http://127.1.%d.%d:%d" % (number // 200, 1 + number % 200, backend)

for number in range(services):
    send("POST", "/services", {"name": "service-%d" % number, "url": url(number), "lease": "10m"})
for number in range(1, routes):
    send("PUT", "/routes/r%d" % number, {"match": {"path": "/r%d" % number}, "services": [url(0)]})
PY
}

# What Redis has done so far: CPU µs, scripts, their µs, reads, bytes in, bytes out.
done_so_far() {
  cli INFO everything | tr -d '\r' | awk -F '[:,=]' '
    $1 == "used_cpu_sys" || $1 == "used_cpu_user" { cpu += $2 * 1e6 }
    $1 == "cmdstat_evalsha" { calls = $3; usec = $5 }
    $1 == "total_reads_processed" { reads = $2 }
    $1 == "total_net_input_bytes" { in_bytes = $2 }
    $1 == "total_net_output_bytes" { out = $2 }
    END { printf "%d %d %d %d %.0f %.0f\n", cpu, calls, usec, reads, in_bytes, out }'
}

difference() { # before, after
  paste -d ' ' <(echo "$1") <(echo "$2") | awk '{ for (i = 1; i <= NF / 2; i++) printf "%.0f ", $(NF / 2 + i) - $i }'
}

load() { # seconds, gateways, routes, clients; prints how many requests there were
  local number waiting=()
  for number in $(seq "$2"); do
    wrk -t1 -c16 "-d${1}s" --timeout 10s -s "$WORK/clients.lua" "http://127.0.0.1:$((BACKEND + number))" -- "$3" "$4" "$number" \
      >"$WORK/wrk.$number" &
    waiting+=($!)
  done
  wait "${waiting[@]}"
  cat "$WORK"/wrk.[0-9] | awk '/requests in/ { sum += $1 } /Non-2xx/ { bad += $NF } END { print sum - bad, bad + 0 }'
}

row() { # gateways, services, routes, clients
  local number pids=() before idle after requests bad connections
  cli FLUSHALL >/dev/null
  for number in $(seq "$1"); do
    start_gateway "$number" "redis://127.0.0.1:$PORT"
    pids+=("$PID")
  done
  for number in $(seq "$1"); do await_port "$((BACKEND + number))" "$WORK/gateway$number.log"; done
  furnish "$((BACKEND + 1))" "$2" "$3" || fail "gateway 1 refused a service or a route: $(cat "$WORK/gateway1.log")"
  sleep 3 # until all are healthy at all gateways
  load "$SECONDS_EACH" "$1" "$3" "$4" >/dev/null
  sleep 2 # until nothing is under way
  connections=$(($(info clients connected_clients) - 1))
  before=$(done_so_far)
  sleep 4
  idle=$(difference "$before" "$(done_so_far)")
  before=$(done_so_far)
  read -r requests bad < <(load "$SECONDS_EACH" "$1" "$3" "$4")
  after=$(difference "$before" "$(done_so_far)")
  echo "$idle $after" | awk -v row="$1 | $2 | $3 | $4" -v requests="$requests" -v bad="$bad" \
    -v seconds="$SECONDS_EACH" -v connections="$connections" -v gateways="$1" '{
      own = $8 - $2 / 4 * seconds # scripts, less those of the list
      printf "| %s | %d | %.1f | %.1f | %.1f | %d | %d | %d | %.1f | %.0f | %.2f %% | %d | %.1f | %d |\n", row, requests / seconds,
        ($7 - $1 / 4 * seconds) / own, $9 / $8, own / ($10 - $4 / 4 * seconds), $11 / own, $12 / own,
        connections, $2 / 4 / gateways, $3 / $2, $1 / 4 / 1e4 / gateways, $5 / 4 / gateways / 1000, $6 / 4 / gateways / 1000, bad }'
  kill "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null
}

cost() {
  local each numbers
  for each in $ROWS; do
    case $each in [1-8],*) ;; *) fail "expected 1 to 8 gateways: $each" ;; esac
  done
  build
  printf '\n| gateways | services | routes | clients | requests/s | Redis: CPU µs/decision | script µs | scripts/read'
  printf ' | bytes in | bytes out | connections | idle, each gateway: scripts/s | script µs | of a Redis core | KB/s in | KB/s out | non-2xx |\n'
  echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
  for each in $ROWS; do
    IFS=, read -r -a numbers <<<"$each"
    row "${numbers[@]}"
  done
}

# --- silent ----------------------------------------------------------------------------------------------------------

# Starts three masters without replicas, on core 1, before others if this user may have that: else they are late whenever
# the machine is busy, as those with machines of their own aren't. Sets NODES to their processes.
cluster() { # their first port; the three above them are of their bus
  local number
  NODES=()
  for number in 0 1 2; do
    mkdir "$WORK/node$1.$number"
    launch 1 nice -n -15 redis-server --port $(($1 + number)) --cluster-port $(($1 + 3 + number)) --bind 127.0.0.1 --save '' \
      --dir "$WORK/node$1.$number" --cluster-enabled yes --cluster-require-full-coverage no --cluster-node-timeout 2000 \
      >"$WORK/node.$number.log" 2>&1
    NODES+=("$PID")
    await_port $(($1 + number)) "$WORK/node.$number.log"
  done
  redis-cli --cluster create "127.0.0.1:$1" "127.0.0.1:$(($1 + 1))" "127.0.0.1:$(($1 + 2))" --cluster-yes >"$WORK/create.log" ||
    fail "no cluster: $(cat "$WORK/create.log")"
}

decided() { # by: redis or memory
  curl -s -m 10 -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:$((BACKEND + 1))/metrics" |
    awk -v store="store=\"$1\"" '/^gateway_rate_limit_store_decisions_total/ && index($0, store) { print int($2) }'
}

span() { # its name, its number
  local redis memory
  redis=$(decided redis) memory=$(decided memory)
  wrk -t1 -c16 -d4s --timeout 10s --latency -s "$WORK/clients.lua" "http://127.0.0.1:$((BACKEND + 1))" -- 1 10000 "$2" >"$WORK/span"
  awk -v name="$1" -v redis=$(($(decided redis) - redis)) -v memory=$(($(decided memory) - memory)) '
    /^ +Latency +[0-9]/ { most = $4 } $1 == "50%" { p50 = $2 } $1 == "99%" { p99 = $2 } /requests in/ { n = $1 } /Non-2xx/ { bad = $NF }
    END { printf "| %s | %d | %.1f %% | %s | %s | %s | %d |\n", name, n, 100 * memory / (redis + memory), p50, p99, most, bad }' "$WORK/span"
}

# Which part of requests memory decides while one of three nodes doesn't answer, and how long they take.
silent() {
  local first=$((BACKEND + 2)) number gateway
  build
  cluster "$first"
  start_gateway 1 "redis://127.0.0.1:$first,redis://127.0.0.1:$((first + 1)),redis://127.0.0.1:$((first + 2))"
  gateway=$PID
  await_port "$((BACKEND + 1))" "$WORK/gateway1.log"
  furnish "$((BACKEND + 1))" 3 1 || fail "the gateway refused a service: $(cat "$WORK/gateway1.log")"
  sleep 3
  printf '\n| spans of 4 s | requests | decided by memory | p50 | p99 | slowest | non-2xx |\n|---|---|---|---|---|---|---|\n'
  span "cold" 1 >/dev/null
  for number in 1 2; do span "all answer" "$number"; done
  kill -STOP "${NODES[1]}"
  for number in 3 4 5; do span "one silent" "$number"; done
  kill -CONT "${NODES[1]}"
  for number in 6 7; do span "it goes on" "$number"; done
  kill -KILL "${NODES[1]}"
  wait "${NODES[1]}" 2>/dev/null
  for number in 8 9; do span "it is killed" "$number"; done
  printf '\nwhat the gateway said:\n'
  grep -i redis "$WORK/gateway1.log"
  kill "$gateway" "${NODES[@]}" 2>/dev/null
  wait "$gateway" "${NODES[@]}" 2>/dev/null
}

for part in $PARTS; do
  case $part in
    script | latency | cost | silent) "$part" ;;
    *) fail "unknown part $part; there are script, latency, cost and silent" ;;
  esac
done
