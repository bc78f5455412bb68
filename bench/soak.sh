#!/usr/bin/env bash
# Good and bad traffic for some minutes (bench/Soak.java): what the gateway holds each minute, after a collection. Fails if
# that grows, if a good request fails, or if anything is left when the traffic has ended.
#
#   bench/soak.sh [minutes]      default 10
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

MINUTES=${1:-10}
. bench/common.sh

for tool in jcmd curl ss python3; do
  command -v $tool >/dev/null || fail "$tool is needed (a JDK; Debian packages: curl iproute2 python3)"
done
mvn -q -B -Dspotless.check.skip test-compile || fail "the build failed"
./run.sh env >/dev/null || fail "the build failed"
JAVA="${JAVA_HOME:+$JAVA_HOME/bin/}java"

GATEWAY_PORT=0 GATEWAY_RATE_LIMIT=1000/1s GATEWAY_ACCESS_LOG=off GATEWAY_HEADER_TIMEOUT=2s GATEWAY_BODY_TIMEOUT=2s \
  GATEWAY_IDLE_TIMEOUT=5s GATEWAY_MAX_BODY=128000 \
  "$JAVA" -Xmx512m -cp "target/classes:target/lib/*" GatewayApp >"$WORK/gateway.log" 2>&1 &
GATEWAY=$!
PIDS+=("$GATEWAY")
PORT=$(ready_port "$WORK/gateway.log") || exit 1

mkfifo "$WORK/end"
"$JAVA" -cp "target/test-classes:target/classes:target/lib/*" bench/Soak.java "$PORT" $((MINUTES * 60 + 10)) \
  <"$WORK/end" >"$WORK/soak.log" 2>&1 &
PIDS+=($!)
exec 8>"$WORK/end" # the traffic's services stay until something is written there

heap() { # MB in use after a collection
  jcmd "$GATEWAY" GC.run >/dev/null
  jcmd "$GATEWAY" GC.heap_info | sed -n 's/.*heap .*used \([0-9]*\)K.*/\1/p' | awk '{ print int($1 / 1024) }'
}
threads() { awk '/^Threads/ { print $2 }' "/proc/$GATEWAY/status"; }
files() { find "/proc/$GATEWAY/fd" | wc -l; }
upstreams() { ss -tnpH state established "sport != :$PORT" | grep -c "pid=$GATEWAY,"; }
metric() { curl -s "http://127.0.0.1:$PORT/metrics" | awk -v name="$1" '$1 == name { print int($2) }'; }

printf '| minute | heap MB | threads | open files | connections to services | connections of clients |\n|---|---|---|---|---|---|\n'
for minute in $(seq "$MINUTES"); do
  sleep 60
  row="$minute $(heap) $(threads) $(files) $(upstreams) $(metric gateway_connections)"
  echo "| ${row// / | } |" | tee -a "$WORK/rows"
done
for _ in $(seq 300); do
  grep -q 'good requests that failed' "$WORK/soak.log" && break
  sleep 0.1
done
cat "$WORK/soak.log"
sleep 10
echo "afterwards: heap $(heap) MB, $(threads) threads, $(files) open files, $(upstreams) connections to services," \
  "$(metric gateway_connections) of clients, $(metric gateway_requests_in_flight) requests under way"

grep -q 'good requests that failed: 0$' "$WORK/soak.log" || fail "good requests failed"
[ "$(metric gateway_requests_in_flight)" = 0 ] || fail "requests are under way that nobody waits for"
[ "$(metric gateway_connections)" -le 1 ] || fail "connections are open that nobody has"
# What is held in a minute depends on what is under way just then; a leak shows in the least of several.
awk -F '|' -v half=$((MINUTES / 2)) '
  function least(column, value) { if (!(column in kept) || value < kept[column]) kept[column] = value }
  { for (i = 3; i <= 6; i++) least((NR <= half ? "early" : "late") i, $i + 0) }
  END {
    exit kept["late" 3] > kept["early" 3] * 1.2 + 10 || kept["late" 4] > kept["early" 4] + 40 ||
      kept["late" 5] > kept["early" 5] + 60 || kept["late" 6] > kept["early" 6] + 30
  }' "$WORK/rows" || fail "it grows"
grep -E ' (WARN|ERROR) ' "$WORK/gateway.log" | sort | uniq -c | sort -rn | head -n 5
