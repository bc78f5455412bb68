#!/usr/bin/env bash
# Measures this gateway beside nginx, HAProxy and Caddy, one after another in one run, against the same three backends.
#
#   bench/compare.sh [rounds]        rounds of each measurement, default 3; the table shows their medians
#   PEERS="java17 plain17" WORKLOADS=get bench/compare.sh     beside bench/Plain.java, the job in the fewest lines
#   TLS=yes PEERS="java25 java17 nginx caddy" WORKLOADS="get h2" bench/compare.sh     all by HTTPS: get is HTTP/1.1, h2 HTTP/2
#   CONNECTIONS="64 1024" WORKLOADS="get" PEERS="java25 nginx" SECONDS_EACH=5 bench/compare.sh 1
#
# The proxy has core 0 to itself, load (wrk) and backends (one nginx worker) core 1: with two cores this is the only way
# to see what the proxy costs. Compare ratios within one run; absolute times drift on shared machines.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

ROUNDS=${1:-3}
CONNECTIONS=${CONNECTIONS:-16 64 512 1024}
WORKLOADS=${WORKLOADS:-get post large}
PEERS=${PEERS:-java25 java17 nginx haproxy caddy}
SECONDS_EACH=${SECONDS_EACH:-6}
WARM_UP=${WARM_UP:-25}
TLS=${TLS:-}
STREAMS=10 # requests at the same time on each connection of HTTP/2
. bench/common.sh

for tool in wrk nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nginx-light util-linux python3)"
done

# Six ports in a row that nobody has: three backends, the proxy, HAProxy's and Caddy's own use.
reserve_ports 6
B1=127.0.0.1:$PORT B2=127.0.0.1:$((PORT + 1)) B3=127.0.0.1:$((PORT + 2))
LISTEN=127.0.0.1:$((PORT + 3))

# --- backends --------------------------------------------------------------------------------------------------------

head -c 1048576 /dev/zero | tr '\0' x >"$WORK/large"
chmod 755 "$WORK"
cat >"$WORK/backend.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/backend.pid; error_log $WORK/backend.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/body;
  server {
    listen $B1 backlog=4096; listen $B2 backlog=4096; listen $B3 backlog=4096;
    default_type application/json;
    location /large { root $WORK; }
    location / { return 200 '{"service":"bench","message":"one hundred and twenty bytes of JSON, as small answers are","items":["a","b","c"],"n":12345}'; }
  }
}
CONF
taskset -c 1 nginx -c "$WORK/backend.conf" &
PIDS+=($!)

# How each peer is told of the certificate; nothing without TLS.
SCHEME=http NGINX_LISTEN='' NGINX_TLS='' HAPROXY_TLS='' CADDY_TLS=''
if [ -n "$TLS" ]; then
  certificate
  cat "$WORK/cert.pem" "$WORK/key.pem" >"$WORK/both.pem"
  HAPROXY_TLS="ssl crt $WORK/both.pem alpn h2,http/1.1"
  CADDY_TLS="tls $WORK/cert.pem $WORK/key.pem"
fi

# wrk's script for the 10 KB POST.
printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = "\\"" .. string.rep("x", 10238) .. "\\""\n' >"$WORK/post.lua"

# --- proxies ---------------------------------------------------------------------------------------------------------

start() { # starts a peer, sets PID to its main process; false if it isn't on this machine
  local home
  case $1 in
    plain*) # the same job in the fewest lines: what the gateway's own care is measured against
      home=$(java_home "${1#plain}")
      [ -n "$home" ] || return 1
      taskset -c 0 "$home/bin/java" -cp "target/lib/*" bench/Plain.java $((PORT + 3)) \
        "http://$B1" "http://$B2" "http://$B3" >"$WORK/$1.log" 2>&1 &
      ;;
    java*)
      home=$(java_home "${1#java}")
      [ -n "$home" ] || return 1
      # shellcheck disable=SC2086
      GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=$((PORT + 3)) GATEWAY_RATE_LIMIT=1000000/1s GATEWAY_ACCESS_LOG=off \
        GATEWAY_SERVICES=http://$B1,http://$B2,http://$B3 \
        taskset -c 0 "$home/bin/java" ${JAVA_FLAGS:-} -cp "target/classes:target/lib/*" GatewayApp >"$WORK/$1.log" 2>&1 &
      ;;
    nginx)
      cat >"$WORK/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $WORK/nginx.pid; error_log $WORK/nginx.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/body2;
  proxy_temp_path $WORK/proxy;
  upstream backends { server $B1; server $B2; server $B3; keepalive 1024; keepalive_requests 100000000; }
  server {
    listen $LISTEN $NGINX_LISTEN backlog=4096; $NGINX_TLS
    location /api/ {
      proxy_pass http://backends/; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Proto \$scheme;
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
  option forwardfor
frontend front
  bind $LISTEN $HAPROXY_TLS backlog 4096
  http-request replace-path /api(/.*) \1
  default_backend services
backend services
  balance roundrobin
  server b1 $B1
  server b2 $B2
  server b3 $B3
CONF
      taskset -c 0 haproxy -f "$WORK/haproxy.cfg" >"$WORK/haproxy.log" 2>&1 &
      ;;
    caddy)
      command -v caddy >/dev/null || return 1
      cat >"$WORK/Caddyfile" <<CONF
{
  admin off
  auto_https off
}
$SCHEME://:$((PORT + 3)) {
  bind 127.0.0.1
  $CADDY_TLS
  handle_path /api/* {
    reverse_proxy $B1 $B2 $B3 {
      lb_policy round_robin
    }
  }
}
CONF
      HOME=$WORK GOMAXPROCS=1 taskset -c 0 caddy run --config "$WORK/Caddyfile" --adapter caddyfile >"$WORK/caddy.log" 2>&1 &
      ;;
    *) fail "unknown peer $1; there are java17, java25, plain17, plain25, nginx, haproxy and caddy" ;;
  esac
  PID=$!
  PIDS+=("$PID")
  for _ in $(seq 300); do
    if { exec 7<>"/dev/tcp/127.0.0.1/$((PORT + 3))"; } 2>/dev/null; then
      exec 7>&-
      return 0
    fi
    sleep 0.1
  done
  cat "$WORK/$1.log" >&2
  fail "$1 did not start"
}

stop() {
  kill "$PID" 2>/dev/null
  wait "$PID" 2>/dev/null
}

family() { # the peer's processes
  echo "$PID"
  pgrep -P "$PID"
}

ticks() { # CPU time of the peer so far, in hundredths of a second
  local pid sum=0
  for pid in $(family); do sum=$((sum + $(awk '{print $14 + $15}' "/proc/$pid/stat"))); done
  echo $sum
}

rss() { # peak resident memory, MB
  local pid
  for pid in $(family); do awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$pid/status"; done | sort -n | tail -n 1
}

load() { # seconds, connections, workload
  local path=/api/data script=()
  if [ "$3" = large ]; then path=/api/large; fi
  if [ "$3" = post ]; then script=(-s "$WORK/post.lua"); fi
  if [ "$3" = h2 ]; then
    taskset -c 1 h2load -t1 "-c$2" "-m$STREAMS" "-D$1" "$SCHEME://$LISTEN$path"
  else
    taskset -c 1 wrk -t1 "-c$2" "-d${1}s" --timeout 10s --latency "${script[@]}" "$SCHEME://$LISTEN$path"
  fi
}

# One measurement: requests/s, CPU µs a request, p50 ms, p99 ms, non-2xx.
measure() {
  local before after
  before=$(ticks)
  load "$SECONDS_EACH" "$2" "$1" >"$WORK/wrk"
  after=$(ticks)
  if [ "$1" = h2 ]; then
    h2_figures $((after - before)) <"$WORK/wrk"
  else
    figures $((after - before)) <"$WORK/wrk"
  fi
}

# --- the run ---------------------------------------------------------------------------------------------------------

./run.sh env >/dev/null || fail "the build failed"
echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//'), $(nproc) cores, Linux $(uname -r | cut -d- -f1), $(date +%F)"
echo "$ROUNDS rounds of $SECONDS_EACH s, medians; get: 120 bytes of JSON, post: 10 KB, large: 1 MiB${TLS:+; by HTTPS, h2: get by HTTP/2, $STREAMS streams a connection}"
echo
printf '| workload | connections | proxy | requests/s | CPU µs/request | p50 ms | p99 ms | peak RSS MB | non-2xx |\n|---|---|---|---|---|---|---|---|---|\n'
for peer in $PEERS; do
  if ! start "$peer"; then
    echo "compare.sh: $peer isn't installed; skipped" >&2
    continue
  fi
  for workload in $WORKLOADS; do
    load "$WARM_UP" 64 "$workload" >/dev/null # compilers take this long to see what is hot
    for connections in $CONNECTIONS; do
      : >"$WORK/rounds"
      for _ in $(seq "$ROUNDS"); do measure "$workload" "$connections" >>"$WORK/rounds"; done
      row="| $workload | $connections | $peer"
      for column in 1 2 3 4; do row+=" | $(awk "{print \$$column}" "$WORK/rounds" | median)"; done
      row+=" | $(rss) | $(awk '{ sum += $5 } END { print sum }' "$WORK/rounds") |"
      echo "$row" | tee -a "$WORK/rows"
    done
  done
  stop
done
