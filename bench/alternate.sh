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

[ "$BEFORE" = nginx ] || [ -d "$BEFORE/target/classes" ] || fail "$BEFORE: expected the folder of another build, made by ./run.sh env there"
for tool in wrk nginx taskset; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nginx-light util-linux)"
done
home=$(java_home "$JAVA")
[ -n "$home" ] || fail "no Java $JAVA found"
./run.sh env >/dev/null || fail "the build failed"

cat >"$WORK/backend.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/backend.pid; error_log $WORK/backend.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/body;
  server {
    listen unix:$WORK/ready;
    listen 127.0.0.1:PORT backlog=4096;
    default_type application/json;
    location /large { root $WORK; }
    location / { return 200 '{"service":"bench","message":"one hundred and twenty bytes of JSON, as small answers are","items":["a","b","c"],"n":12345}'; }
  }
}
CONF
printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = "\\"" .. string.rep("x", 10238) .. "\\""\n' >"$WORK/post.lua"
SCHEME=http NGINX_LISTEN='' NGINX_TLS=''
if [ -n "$TLS" ]; then certificate; fi
head -c 1048576 /dev/urandom >"$WORK/large"
chmod 755 "$WORK"
for _ in $(seq 20); do # another port as long as this one is taken
  BACKEND=$((20000 + RANDOM % 10000))
  sed -i "s/127.0.0.1:[A-Z0-9]*/127.0.0.1:$BACKEND/" "$WORK/backend.conf"
  taskset -c 1 nginx -c "$WORK/backend.conf" 2>"$WORK/nginx.log" &
  nginx=$!
  until [ -S "$WORK/ready" ] || ! kill -0 "$nginx" 2>/dev/null; do sleep 0.1; done
  sleep 0.2
  kill -0 "$nginx" 2>/dev/null && break
done
kill -0 "$nginx" 2>/dev/null || fail "nginx did not start: $(cat "$WORK/nginx.log")"
PIDS+=("$nginx")

start() { # name, folder: sets PID_name and PORT_name
  (cd "$2" && GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=0 GATEWAY_RATE_LIMIT=1000000/1s GATEWAY_ACCESS_LOG=off \
    GATEWAY_MAX_IN_FLIGHT_PER_SERVICE=1000 GATEWAY_SERVICES=http://127.0.0.1:$BACKEND exec taskset -c 0 "$home/bin/java" -cp "target/classes:target/lib/*" GatewayApp) \
    >"$WORK/$1.log" 2>&1 &
  PIDS+=($!)
  eval "PID_$1=$!"
  until grep -q 'is ready on port' "$WORK/$1.log"; do
    kill -0 $! 2>/dev/null || fail "$2 did not start: $(cat "$WORK/$1.log")"
    sleep 0.1
  done
  eval "PORT_$1=$(sed -n 's/.*is ready on port \([0-9]*\).*/\1/p' "$WORK/$1.log")"
}

start_nginx() { # sets PID_before and PORT_before
  reserve_ports 1
  cat >"$WORK/nginx.conf" <<CONF
daemon off; master_process off; pid $WORK/nginx.pid; error_log $WORK/proxy.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/body2;
  proxy_temp_path $WORK/proxy;
  upstream backend { server 127.0.0.1:$BACKEND; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:$PORT $NGINX_LISTEN backlog=4096; $NGINX_TLS
    location /api/ {
      proxy_pass http://backend/; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Proto \$scheme;
    }
  }
}
CONF
  taskset -c 0 nginx -c "$WORK/nginx.conf" &
  PIDS+=($!)
  # shellcheck disable=SC2034 # used by their names
  PID_before=$! PORT_before=$PORT
}

load() { # name, seconds
  local port=PORT_$1 script=() path=/api/data
  if [ "$WORKLOAD" = large ]; then path=/api/large; fi
  if [ "$WORKLOAD" = h2 ]; then
    taskset -c 1 h2load -t1 "-c$CONNECTIONS" -m10 "-D$2" "$SCHEME://127.0.0.1:${!port}$path"
    return
  fi
  if [ "$WORKLOAD" = post ]; then script=(-s "$WORK/post.lua"); fi
  taskset -c 1 wrk -t1 "-c$CONNECTIONS" "-d${2}s" --timeout 10s --latency ${script[@]+"${script[@]}"} \
    "$SCHEME://127.0.0.1:${!port}$path"
}

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; } # CPU time so far, in hundredths of a second

measure() { # name: requests/s, CPU µs a request, p50 ms, p99 ms, non-2xx
  local pid=PID_$1 before after
  before=$(ticks "${!pid}")
  load "$1" "$SECONDS_EACH" >"$WORK/wrk"
  after=$(ticks "${!pid}")
  if [ "$WORKLOAD" = h2 ]; then h2_figures $((after - before)); else figures $((after - before)); fi <"$WORK/wrk"
}

if [ "$BEFORE" = nginx ]; then start_nginx; else start before "$BEFORE"; fi
start now .
for name in before now before now; do load "$name" $((WARM_UP / 2)) >/dev/null; done # compilers take this long to see what is hot
echo "Java $JAVA, $WORKLOAD by $SCHEME, $CONNECTIONS connections, $TURNS turns of $SECONDS_EACH s"
printf '| turn | before µs | now µs | ratio | before requests/s | now requests/s | before p99 ms | now p99 ms | non-2xx |\n|---|---|---|---|---|---|---|---|---|\n'
for turn in $(seq "$TURNS"); do
  if [ $((turn % 2)) = 1 ]; then order="before now"; else order="now before"; fi
  for name in $order; do measure "$name" >"$WORK/figures.$name"; done
  paste -d ' ' "$WORK/figures.before" "$WORK/figures.now" | awk -v turn="$turn" '
    { printf "| %d | %.1f | %.1f | %.3f | %d | %d | %.1f | %.1f | %d |\n", turn, $2, $7, $7 / $2, $1, $6, $4, $9, $5 + $10 }' | tee -a "$WORK/turns"
done
echo "median ratio of CPU per request: $(awk -F'|' '{print $5 + 0}' "$WORK/turns" | median)"
[ "$WORKLOAD" = h2 ] ||
  echo "median ratio of p99: $(awk -F'|' '$8 > 0 {printf "%.3f\n", $9 / $8}' "$WORK/turns" | median)"
