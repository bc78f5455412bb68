#!/usr/bin/env bash
# Compares this build with another one, or with nginx, turn by turn in one run: what a change costs, on machines whose
# speed drifts.
#
#   git worktree add /tmp/before HEAD~1 && (cd /tmp/before && ./run.sh env) && bench/alternate.sh /tmp/before [turns]
#   JAVA=17 CONNECTIONS=512 WORKLOAD=post bench/alternate.sh /tmp/before 9
#   bench/alternate.sh nginx                       TLS=yes: by HTTPS; with WORKLOAD=h2 by HTTP/2, 10 streams a connection
#   WORKLOAD=large bench/alternate.sh nginx        answers of 1 MiB
#
# Both run all the while on core 0, load (wrk, h2load) and backends (one nginx worker) on core 1; only one has load at a
# time, and every second turn begins with the other one. The last lines are the medians of the turns' ratios, of CPU time
# and of the 99th percentile of the latency.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

BEFORE=${1:-}
TURNS=${2:-7}
JAVA=${JAVA:-25}
CONNECTIONS=${CONNECTIONS:-64}
WORKLOAD=${WORKLOAD:-get}
SECONDS_EACH=${SECONDS_EACH:-6}
WARM_UP=${WARM_UP:-25}
TLS=${TLS:-}
. bench/common.sh
. bench/peers.sh

[ "$BEFORE" = nginx ] || [ -d "$BEFORE/target/classes" ] || fail "$BEFORE: expected the folder of another build, made by ./run.sh env there"
for tool in wrk nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nginx-light util-linux python3)"
done
home=$(java_home "$JAVA")
[ -n "$home" ] || fail "no Java $JAVA found"
./run.sh env >/dev/null || fail "the build failed"

one_backend "$TLS"

start() { # name, folder: sets PID_name and PORT_name
  local port
  (cd "$2" && GATEWAY_PORT=0 GATEWAY_ACCESS_LOG=off exec taskset -c 0 "$home/bin/java" -cp "target/classes:target/lib/*" GatewayApp) \
    >"$WORK/$1.log" 2>&1 &
  PIDS+=($!)
  eval "PID_$1=$!"
  port=$(ready_port "$WORK/$1.log") || exit 1
  eval "PORT_$1=$port"
}

url() { # name
  local port=PORT_$1
  echo "$SCHEME://127.0.0.1:${!port}"
}

turn() { # name
  local pid=PID_$1
  measure "${!pid}" "$(url "$1")" "$SECONDS_EACH" "$CONNECTIONS" "$WORKLOAD"
}

if [ "$BEFORE" = nginx ]; then
  start_nginx before "$(nginx_listen $((PORT + 1)) "$SCHEME")" off
  # shellcheck disable=SC2034 # used by their names
  PID_before=$PID PORT_before=$((PORT + 1))
else
  start before "$BEFORE"
fi
start now .
for name in before now before now; do load "$(url "$name")" $((WARM_UP / 2)) "$CONNECTIONS" "$WORKLOAD" >/dev/null; done # compilers take this long to see what is hot
echo "Java $JAVA, $WORKLOAD by $SCHEME, $CONNECTIONS connections, $TURNS turns of $SECONDS_EACH s"
printf '| turn | before µs | now µs | ratio | before requests/s | now requests/s | before p99 ms | now p99 ms | non-2xx |\n|---|---|---|---|---|---|---|---|---|\n'
for turn in $(seq "$TURNS"); do
  if [ $((turn % 2)) = 1 ]; then order="before now"; else order="now before"; fi
  for name in $order; do turn "$name" >"$WORK/figures.$name"; done
  paste -d ' ' "$WORK/figures.before" "$WORK/figures.now" | awk -v turn="$turn" '
    { printf "| %d | %.1f | %.1f | %.3f | %d | %d | %.1f | %.1f | %d |\n", turn, $2, $7, $7 / $2, $1, $6, $4, $9, $5 + $10 }' | tee -a "$WORK/turns"
done
echo "median ratio of CPU per request: $(awk -F'|' '{print $5 + 0}' "$WORK/turns" | median)"
[ "$WORKLOAD" = h2 ] ||
  echo "median ratio of p99: $(awk -F'|' '$8 > 0 {printf "%.3f\n", $9 / $8}' "$WORK/turns" | median)"
