#!/usr/bin/env bash
# Offers this gateway, nginx and HAProxy half to four times what each can carry, and shows what becomes of it: requests
# sent, served and refused a second, and how long the served ones took. Each is bounded to 1000 requests under way.
#
#   bench/overload.sh            PEERS="java25 nginx" STEPS="0.5 1 2" SECONDS_EACH=5 bench/overload.sh
#
# The proxy has core 0 to itself; the load and the backend, an nginx that answers at once (KB=16: with so much), core 1. What
# a proxy can carry is measured first, with wrk and 64 connections. The load comes by h2load at a fixed rate on many
# connections: each sends when a request is due, whether others are answered or not, but has one at a time, so that what
# is sent falls behind what is offered when answers take longer than CONNECTIONS divided by the rate.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

PEERS=${PEERS:-java25 java17 nginx haproxy}
STEPS=${STEPS:-0.5 1 1.5 2 3 4}
SECONDS_EACH=${SECONDS_EACH:-8}
WARM_UP=${WARM_UP:-20}
CONNECTIONS=${CONNECTIONS:-2000}
LOADERS=${LOADERS:-20}
IN_FLIGHT=${IN_FLIGHT:-1000}
KB=${KB:-0}
. bench/common.sh
. bench/peers.sh

for tool in wrk h2load nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nghttp2-client nginx-light util-linux python3)"
done
./run.sh env >/dev/null || fail "the build failed"
ulimit -n 20000 2>/dev/null || true

reserve_ports 2
LISTEN=127.0.0.1:$PORT
BACKEND=127.0.0.1:$((PORT + 1))
chmod 755 "$WORK"
head -c $((KB * 1024 + 120)) /dev/zero | tr '\0' x >"$WORK/data"
cat >"$WORK/backend.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/backend.pid; error_log $WORK/backend.log;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; open_file_cache max=10; sendfile on;
  server { listen $BACKEND backlog=4096; root $WORK; location = /health { return 200 ok; } }
}
CONF
taskset -c 1 nginx -c "$WORK/backend.conf" &
PIDS+=($!)

start() { # a peer; sets PID; false if it isn't on this machine
  local home
  case $1 in
    java*)
      home=$(java_home "${1#java}")
      [ -n "$home" ] || return 1
      GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=$PORT GATEWAY_RATE_LIMIT=off GATEWAY_ACCESS_LOG=off \
        GATEWAY_MAX_IN_FLIGHT=$IN_FLIGHT GATEWAY_MAX_IN_FLIGHT_PER_SERVICE=$IN_FLIGHT GATEWAY_SERVICES=http://$BACKEND \
        taskset -c 0 "$home/bin/java" -cp "target/classes:target/lib/*" GatewayApp >"$WORK/$1.log" 2>&1 &
      ;;
    nginx)
      cat >"$WORK/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/nginx.pid; error_log /dev/null;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000; proxy_temp_path $WORK/proxy; client_body_temp_path $WORK/body;
  limit_conn_zone \$server_name zone=all:1m;
  upstream backends { server $BACKEND; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen $LISTEN backlog=4096;
    location /api/ {
      limit_conn all $IN_FLIGHT;
      proxy_pass http://backends/; proxy_http_version 1.1; proxy_set_header Connection "";
    }
  }
}
CONF
      taskset -c 0 nginx -c "$WORK/nginx.conf" &
      ;;
    haproxy)
      command -v haproxy >/dev/null || return 1
      cat >"$WORK/haproxy.cfg" <<CONF
$(haproxy_defaults)
  timeout queue 100ms
frontend front
  bind $LISTEN backlog 4096
  http-request replace-path /api(/.*) \1
  default_backend services
backend services
  server b $BACKEND maxconn $IN_FLIGHT
CONF
      taskset -c 0 haproxy -f "$WORK/haproxy.cfg" >"$WORK/haproxy.log" 2>&1 &
      ;;
    *) fail "unknown peer $1; there are java17, java25, nginx and haproxy" ;;
  esac
  PID=$!
  PIDS+=("$PID")
  for _ in $(seq 300); do
    if curl -sf -o /dev/null --max-time 1 "http://$LISTEN/api/data"; then return 0; fi
    sleep 0.1
  done
  fail "$1 did not start"
}

stop() {
  kill "$PID" 2>/dev/null
  wait "$PID" 2>/dev/null
}

offer() { # requests a second; what came of them
  local of_each=$((CONNECTIONS / LOADERS)) pids=() i
  for i in $(seq "$LOADERS"); do
    taskset -c 1 h2load --h1 -t1 -c $of_each -D "$SECONDS_EACH" --rps "$(awk "BEGIN { print $1 / $CONNECTIONS }")" \
      --log-file "$WORK/requests.$i" "http://$LISTEN/api/data" >"$WORK/h2load.$i" 2>&1 &
    pids+=($!)
    sleep "$(awk "BEGIN { print $CONNECTIONS / $1 / $LOADERS }")" # so that they aren't all due at the same time
  done
  wait "${pids[@]}" || fail "h2load: $(tail -qn 3 "$WORK"/h2load.*)"
  cat "$WORK"/requests.* >"$WORK/requests"
  python3 - "$WORK/requests" "$SECONDS_EACH" <<'PY'
import sys
served, refused, failed = [], [], 0
for line in open(sys.argv[1]):
    _, status, micros = line.split()
    if status == "200": served.append(int(micros) / 1000)
    elif status == "503": refused.append(int(micros) / 1000)
    else: failed += 1
def percentile(times, share): return "%.1f" % sorted(times)[int(len(times) * share)] if times else "-"
seconds = float(sys.argv[2])
print(" | ".join(str(figure) for figure in (
    round((len(served) + len(refused) + failed) / seconds), round(len(served) / seconds), round(len(refused) / seconds),
    round(failed / seconds), percentile(served, 0.5), percentile(served, 0.99), percentile(refused, 0.99))))
PY
  rm -f "$WORK"/requests*
}

echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//'), $(nproc) cores, Linux $(uname -r | cut -d- -f1), $(date +%F)"
echo "answers of $(wc -c <"$WORK/data") bytes, at most $IN_FLIGHT requests under way, $CONNECTIONS connections, ${SECONDS_EACH} s each"
echo
printf '| proxy | load | sent/s | served/s | refused/s | failed/s | p50 ms | p99 ms | p99 ms of refusals |\n|---|---|---|---|---|---|---|---|---|\n'
for peer in $PEERS; do
  if ! start "$peer"; then
    echo "overload.sh: $peer isn't installed; skipped" >&2
    continue
  fi
  taskset -c 1 wrk -t1 -c64 "-d${WARM_UP}s" "http://$LISTEN/api/data" >/dev/null
  capacity=$(taskset -c 1 wrk -t1 -c64 -d5s "http://$LISTEN/api/data" | awk '/Requests\/sec/ { print int($2) }')
  SECONDS_EACH=$WARM_UP offer "$((capacity * 2))" >/dev/null || exit 1 # many connections are other code than few
  for step in $STEPS; do
    figures=$(offer "$(awk "BEGIN { print int($capacity * $step) }")") || exit 1
    echo "| $peer | $step of $capacity | $figures |"
  done
  stop
done
