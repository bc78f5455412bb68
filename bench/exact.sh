#!/usr/bin/env bash
# Whether three gateways that share a limit through Redis let exactly as many requests pass as it allows: in each round 200
# requests come at once for one client whose limit is 5.
#
#   bench/exact.sh [cold rounds] [warm rounds]      default 30 and 1000
#   PARTS="cold warm slow gone" JDK=25 bench/exact.sh
#
#   cold   the gateways have just started, without a warm-up (WARM_UP=1500ms: with one), and two busy loops keep both cores
#   warm   one client after another on kept connections
#   slow   both again, a sixth of the rounds, with a Redis that answers 30 ms late (LATE=20 for less)
#   gone   a Redis that is killed, then one that is stopped: the slowest requests before and after the gateway knew, GONE=5
#          times each
#
# Prints each round that isn't exact, and a line for each part. Fails if a round wasn't exact, or a request slow.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

COLD=${1:-30}
WARM=${2:-1000}
PARTS=${PARTS:-cold warm slow gone}
JDK=${JDK:-25}
WARM_UP=${WARM_UP:-0s}
LATE=${LATE:-30}
GONE=${GONE:-5}
. bench/common.sh
. bench/peers.sh

for tool in redis-server redis-cli nginx taskset python3 curl; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: redis nginx-light util-linux python3 curl)"
done
JAVA_HOME=$(java_home "$JDK")
[ -n "$JAVA_HOME" ] || fail "no JDK $JDK in /usr/lib/jvm; JDK=17 takes another"
./run.sh env >/dev/null || fail "the build failed"

# In a row: Redis, the same one late, the backend, the gateways.
reserve_ports 6
LATER=$((PORT + 1))
GATEWAYS=($((PORT + 3)) $((PORT + 4)) $((PORT + 5)))
STARTED=() # the gateways' processes
DEVIATES=
TIMEOUT=50 # GATEWAY_REDIS_TIMEOUT, ms

# --- what asks -------------------------------------------------------------------------------------------------------

cat >"$WORK/asks.py" <<'PY'
import re, selectors, socket, time

class Asker:
    """A connection to a gateway; asks for one client after another."""

    def __init__(self, port):
        self.port, self.wire = port, socket.socket()
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.setblocking(False)
        self.wire.connect_ex(("127.0.0.1", port))

    def begin(self, client):
        self.request = b"GET /api/data HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n\r\n" % client.encode()
        self.answer, self.status, self.began = b"", 0, time.monotonic()

    def go_on(self, selector, events):
        if events & selectors.EVENT_WRITE:
            self.wire.send(self.request)
            selector.modify(self.wire, selectors.EVENT_READ, self)
            return
        more = self.wire.recv(65536)
        self.answer += more
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not more or end and len(body) >= int(re.search(rb"(?i)content-length: (\d+)", head).group(1)):
            self.status = int(head.split()[1]) if end else -1
            self.took = time.monotonic() - self.began
            selector.unregister(self.wire)

def all_at_once(askers, client, patience=30):
    """The statuses, in the order of the askers; 0 where no answer came."""
    selector, end = selectors.DefaultSelector(), time.monotonic() + patience
    for asker in askers:
        asker.begin(client)
        selector.register(asker.wire, selectors.EVENT_WRITE, asker)
    while selector.get_map() and time.monotonic() < end:
        for key, events in selector.select(1):
            try:
                key.data.go_on(selector, events)
            except OSError:
                key.data.status = -1
                selector.unregister(key.data.wire)
    return [asker.status for asker in askers]
PY

# So many rounds; prints those that aren't exact, and how many there were of all.
cat >"$WORK/rounds.py" <<'PY'
import collections, sys
from asks import *
rounds, first, ports = int(sys.argv[1]), int(sys.argv[2]), [int(port) for port in sys.argv[3:]]
REQUESTS, LIMIT = 200, 5
askers = [Asker(ports[i % len(ports)]) for i in range(REQUESTS)]
exact, slowest = 0, 0
for number in range(first, first + rounds):
    statuses = all_at_once(askers, "10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255))
    slowest = max(slowest, max(getattr(asker, "took", 0) for asker in askers))
    found = collections.Counter(statuses)
    if found == {200: LIMIT, 429: REQUESTS - LIMIT}:
        exact += 1
    else:
        passed = [sum(asker.port == port and asker.status == 200 for asker in askers) for port in ports]
        print(f"  round {number}: {dict(found)}, passed at each gateway: {passed}", file=sys.stderr)
print(exact, round(slowest * 1000))
PY

# Asks steadily, each time for another client, and sends Redis a signal meanwhile. Prints the milliseconds of the slowest
# requests: before the signal, from then until their gateway knew, and afterwards; how many of these were slower than
# allowed; how long until all knew; how many there were in all, how many got another answer than 200 or 429; the number of
# the last client.
cat >"$WORK/gone.py" <<'PY'
import datetime, os, signal, sys, urllib.request
from asks import *
redis, what, most, number = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) / 1000, int(sys.argv[4])
ports = [int(port) for port in sys.argv[5:]]
CALM, AFTERWARDS, PAUSE = 2, 5, 0.005 # seconds
selector, askers = selectors.DefaultSelector(), [Asker(port) for port in ports * 4]
start, fault, asked, bad = time.monotonic(), None, [], 0
due = {asker: start for asker in askers}
while time.monotonic() < start + CALM + AFTERWARDS:
    if not fault and time.monotonic() > start + CALM:
        os.kill(redis, getattr(signal, what))
        fault = time.time()
    for asker in [asker for asker, when in due.items() if when <= time.monotonic()]:
        del due[asker]
        number += 1
        asker.begin("10.%d.%d.%d" % (number >> 16, number >> 8 & 255, number & 255))
        asker.at = time.time()
        selector.register(asker.wire, selectors.EVENT_WRITE, asker)
    for key, events in selector.select(0.001):
        asker = key.data
        asker.go_on(selector, events)
        if asker.status:
            bad += asker.status not in (200, 429)
            asked.append((asker.port, asker.at, asker.took))
            due[asker] = time.monotonic() + PAUSE

def knew(port):
    health = urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read().decode()
    since = re.search(r"redis unreachable since ([0-9T:-]+)(\.\d+)?Z", health)
    if not since:
        sys.exit(f"a gateway doesn't know: {health}")
    return datetime.datetime.fromisoformat(since.group(1) + "+00:00").timestamp() + float(since.group(2) or 0)

def slowest(chosen):
    return round(1000 * max((took for *_, took in chosen), default=0))

since = {port: knew(port) for port in ports}
print(
    slowest(one for one in asked if one[1] < fault - 1),
    slowest(one for one in asked if fault - 1 <= one[1] < since[one[0]]),
    slowest(one for one in asked if one[1] >= since[one[0]]),
    sum(took > most for port, at, took in asked if at >= since[port]),
    round(1000 * (max(since.values()) - fault)), len(asked), bad, number)
PY

# Hands on what Redis answers, so many milliseconds late. In the end, prints the most that an answer took from when the
# question came in until it was handed on.
cat >"$WORK/late.py" <<'PY'
import asyncio, signal, sys
own, target, late = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000
slowest = 0

async def hand_on(reader, write, close):
    try:
        while data := await reader.read(65536):
            write(data)
    except OSError:
        pass
    close()

async def serve(reader, writer):
    there, back = await asyncio.open_connection("127.0.0.1", target)
    loop, asked = asyncio.get_running_loop(), 0

    def ask(data):
        nonlocal asked
        asked = loop.time()
        back.write(data)

    def answer(data, asked):
        global slowest
        writer.write(data)
        slowest = max(slowest, loop.time() - asked)

    await asyncio.gather(
        hand_on(reader, ask, back.close),
        hand_on(there, lambda data: loop.call_later(late, answer, data, asked), lambda: loop.call_later(late, writer.close)))

async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: sys.exit(f"{slowest * 1000:.0f}"))
    await (await asyncio.start_server(serve, "127.0.0.1", own)).serve_forever()
asyncio.run(main())
PY

# --- gateways --------------------------------------------------------------------------------------------------------

start_gateways() { # Redis's port
  local port known
  STARTED=()
  for port in "${GATEWAYS[@]}"; do
    env GATEWAY_HOST=127.0.0.1 GATEWAY_PORT="$port" GATEWAY_RATE_LIMIT=5/60s GATEWAY_ACCESS_LOG=off \
      GATEWAY_WARM_UP="$WARM_UP" GATEWAY_TRUSTED_PROXIES=127.0.0.1 GATEWAY_SERVICES="http://${BACKENDS[0]}" \
      GATEWAY_REDIS_URL="redis://127.0.0.1:$1" \
      "$JAVA_HOME/bin/java" -Xms48m -Xmx256m -cp "target/classes:target/lib/*" GatewayApp >"$WORK/gateway.$port" 2>&1 &
    STARTED+=($!)
    PIDS+=($!)
  done
  for port in "${GATEWAYS[@]}"; do
    known=
    for _ in $(seq 1200); do
      if grep -q 'is ready on port' "$WORK/gateway.$port" && grep -q 'is healthy' "$WORK/gateway.$port"; then
        known=yes
        break
      fi
      sleep 0.1
    done
    [ -n "$known" ] || fail "a gateway did not start: $(tail -n 20 "$WORK/gateway.$port")"
  done
}

stop_gateways() {
  kill "${STARTED[@]}"
  wait "${STARTED[@]}" 2>/dev/null
}

# Says what the gateways logged of Redis, if they did.
complaints() { grep -h 'Redis' "$WORK"/gateway.* | grep ' WARN \| is back' | sed 's/^/    /' >&2; }

# Counts a part's rounds and says so.
summary() { # part, exact rounds, all rounds, slowest ms
  echo "$1: $2 of $3 rounds exact; the slowest request took $4 ms"
  if [ "$2" != "$3" ]; then DEVIATES=yes; fi
}

# Has what Redis answers never wait for a processor: what the gateways make of it is looked at.
first_to_run() { # a process
  renice -n -20 -p "$1" >/dev/null 2>&1 || echo "only root can keep other processes from slowing Redis down" >&2
}

# --- parts -----------------------------------------------------------------------------------------------------------

NUMBER=0 # of the last round

cold_rounds() { # part, how many, Redis's port
  local all_exact=0 exact took slowest=0 busy=() core
  for core in 0 1; do
    taskset -c $core bash -c 'while :; do :; done' &
    busy+=($!)
    PIDS+=($!)
  done
  for _ in $(seq "$2"); do
    NUMBER=$((NUMBER + 1))
    start_gateways "$3"
    read -r exact took < <(python3 "$WORK/rounds.py" 1 $NUMBER "${GATEWAYS[@]}")
    [ "$exact" = 1 ] || complaints
    all_exact=$((all_exact + exact))
    if [ "$took" -gt "$slowest" ]; then slowest=$took; fi
    stop_gateways
  done
  kill "${busy[@]}"
  wait "${busy[@]}" 2>/dev/null
  summary "$1" $all_exact "$2" "$slowest"
}

warm_rounds() { # part, how many, Redis's port
  local exact took
  start_gateways "$3"
  python3 "$WORK/rounds.py" 20 $((NUMBER + 1)) "${GATEWAYS[@]}" >/dev/null 2>&1 # now they are
  NUMBER=$((NUMBER + 20))
  read -r exact took < <(python3 "$WORK/rounds.py" "$2" $((NUMBER + 1)) "${GATEWAYS[@]}")
  NUMBER=$((NUMBER + $2))
  [ "$exact" = "$2" ] || complaints
  stop_gateways
  summary "$1" "$exact" "$2" "$took"
}

cold() { cold_rounds cold "$COLD" "$PORT"; }
warm() { warm_rounds warm "$WARM" "$PORT"; }
slow() {
  local proxy
  python3 "$WORK/late.py" $LATER "$PORT" "$LATE" 2>"$WORK/late.log" &
  proxy=$!
  PID=$proxy
  PIDS+=("$proxy")
  await_port $LATER "$WORK/late.log"
  first_to_run "$proxy"
  cold_rounds "cold, Redis $LATE ms late" $(((COLD + 5) / 6)) $LATER
  warm_rounds "warm, Redis $LATE ms late" $(((WARM + 5) / 6)) $LATER
  kill "$proxy"
  wait "$proxy"
  echo "the slowest of these answers took $(tail -n 1 "$WORK/late.log") ms; rounds aren't exact if it is more than $TIMEOUT"
}

# Waits until all gateways say that they use Redis.
await_redis() {
  local port
  for port in "${GATEWAYS[@]}"; do
    for _ in $(seq 100); do
      if curl -s -m 5 "http://127.0.0.1:$port/health" | grep -q '"rate_limit_store":"redis'; then continue 2; fi
      sleep 0.1
    done
    fail "a gateway does not find Redis again: $(tail -n 5 "$WORK/gateway.$port")"
  done
}

gone() {
  local signal calm before after slow knew asked bad
  start_gateways "$PORT"
  python3 "$WORK/rounds.py" 50 $((NUMBER + 1)) "${GATEWAYS[@]}" >/dev/null 2>&1 # until they are warm
  NUMBER=$((NUMBER + 50))
  for signal in SIGKILL SIGSTOP; do
    for _ in $(seq "$GONE"); do
      await_redis
      read -r calm before after slow knew asked bad NUMBER < <(python3 "$WORK/gone.py" "$REDIS" $signal $((TIMEOUT + 20)) "$NUMBER" "${GATEWAYS[@]}")
      [ -n "$NUMBER" ] || fail "not measured"
      echo "$signal: slowest of $asked requests: $calm ms with Redis, $before ms until the gateways knew (after $knew ms), then $after ms, $slow beyond $((TIMEOUT + 20)) ms; $bad failed"
      if [ "$slow" != 0 ] || [ "$bad" != 0 ]; then DEVIATES=yes; fi
      if [ $signal = SIGKILL ]; then
        wait "$REDIS" 2>/dev/null
        quick_redis
      else
        kill -CONT "$REDIS"
      fi
    done
  done
  stop_gateways
}

quick_redis() {
  start_redis
  REDIS=$PID
  first_to_run "$REDIS"
}

quick_redis
start_backends $((PORT + 2))
echo "$(machine), JDK $JDK, $(redis-server --version | cut -d ' ' -f 1-3), $(date +%F)"
for part in $PARTS; do
  case $part in
    cold | warm | slow | gone) "$part" ;;
    *) fail "unknown part $part; there are cold, warm, slow and gone" ;;
  esac
done
[ -z "$DEVIATES" ]
