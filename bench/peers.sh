# How the proxies that are compared, and what stands behind them, are started; to be sourced after common.sh.
# shellcheck shell=bash disable=SC2153 # PORT is of reserve_ports

BACKENDS=() # their addresses
PID=        # of what was started last

launch() { # core, command: sets PID
  taskset -c "$@" &
  PID=$!
  PIDS+=("$PID")
}

# Waits until a server listens at a port. Fails if it ends before, or after a minute, with its logs.
await_port() { # port, logs
  for _ in $(seq 600); do
    if { exec 7<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; then
      exec 7>&-
      return
    fi
    kill -0 "$PID" 2>/dev/null || break
    sleep 0.1
  done
  fail "nothing listens at port $1: $(tail -qn 20 "${@:2}" 2>/dev/null)"
}

# Starts one nginx with all backends, on core 1; sets BACKENDS. /count says how many requests it had.
start_backends() { # ports
  local port listen=
  for port in "$@"; do
    BACKENDS+=("127.0.0.1:$port")
    listen+="listen 127.0.0.1:$port backlog=4096; "
  done
  chmod 755 "$WORK"
  head -c 1048576 /dev/urandom >"$WORK/large"
  cat >"$WORK/backend.conf" <<CONF
daemon off; master_process off; pid $WORK/backend.pid; error_log $WORK/backend.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/body;
  server {
    $listen
    default_type application/json;
    location /large { root $WORK; }
    location = /count { stub_status; }
    location / { return 200 '{"service":"bench","message":"one hundred and twenty bytes of JSON, as small answers are","items":["a","b","c"],"n":12345}'; }
  }
}
CONF
  launch 1 nginx -c "$WORK/backend.conf" 2>>"$WORK/backend.log"
  await_port "$1" "$WORK/backend.log"
}

# What the gateway needs to stand beside the others: no limit that the load meets, and room for 64 x 10 streams.
gateway_settings() { # https if by TLS
  local IFS=,
  export GATEWAY_HOST=127.0.0.1 GATEWAY_RATE_LIMIT=1000000/1s GATEWAY_MAX_IN_FLIGHT_PER_SERVICE=1000
  export GATEWAY_SERVICES="${BACKENDS[*]/#/http://}"
  if [ "${1:-}" = https ]; then export GATEWAY_TLS_CERT=$WORK/cert.pem GATEWAY_TLS_KEY=$WORK/key.pem; fi
}

# For who measures by one scheme and with one backend, at PORT; the port above it is free. Sets SCHEME.
one_backend() { # anything for TLS
  SCHEME=http
  if [ -n "$1" ]; then
    certificate
    SCHEME=https
  fi
  reserve_ports 2
  start_backends "$PORT"
  gateway_settings $SCHEME
}

# Prints what a server block of nginx says of a port.
nginx_listen() { # port, https if by TLS
  if [ "${2:-}" = https ]; then
    echo "listen 127.0.0.1:$1 ssl http2 backlog=4096;"
    echo "ssl_certificate $WORK/cert.pem; ssl_certificate_key $WORK/key.pem; ssl_protocols TLSv1.2 TLSv1.3;"
  else
    echo "listen 127.0.0.1:$1 backlog=4096;"
  fi
}

start_nginx() { # name, lines by nginx_listen, access log: off or a file
  cat >"$WORK/$1.conf" <<CONF
daemon off; master_process off; pid $WORK/$1.pid; error_log $WORK/$1.log;
events { worker_connections 8192; }
http {
  access_log $3; keepalive_requests 100000000; client_max_body_size 0; client_body_temp_path $WORK/$1.body;
  proxy_temp_path $WORK/$1.proxy;
  upstream backends {
    $(printf 'server %s; ' "${BACKENDS[@]}")
    keepalive 1024; keepalive_requests 100000000;
  }
  server {
    $2
    location /api/ {
      proxy_pass http://backends/; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Proto \$scheme;
    }
  }
}
CONF
  launch 0 nginx -c "$WORK/$1.conf" 2>>"$WORK/$1.log"
}

haproxy_defaults() { # how its configuration begins; more for "defaults" may follow
  cat <<'CONF'
global
  maxconn 4000
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  http-reuse always
CONF
}

# Starts Redis on core 1, at PORT; cli asks it, and sha loads the script of decisions.
start_redis() {
  launch 1 redis-server --port "$PORT" --bind 127.0.0.1 --save "" --appendonly no --dir "$WORK" >"$WORK/redis.log"
  await_port "$PORT" "$WORK/redis.log"
}
cli() { redis-cli -p "$PORT" "$@"; }
sha() { cli SCRIPT LOAD "$(cat src/main/resources/gateway/cluster/take.lua)"; }

start_haproxy() { # port, port for TLS or nothing
  local backend
  {
    haproxy_defaults
    cat <<CONF
  option forwardfor
frontend front
  bind 127.0.0.1:$1 backlog 4096
  ${2:+bind 127.0.0.1:$2 ssl crt $WORK/both.pem alpn h2,http/1.1 backlog 4096}
  http-request replace-path /api(/.*) \1
  default_backend services
backend services
  balance roundrobin
CONF
    for backend in "${BACKENDS[@]}"; do echo "  server b${backend##*:} $backend"; done
  } >"$WORK/haproxy.cfg"
  launch 0 haproxy -db -f "$WORK/haproxy.cfg" >"$WORK/haproxy.log" 2>&1
}

start_caddy() { # port, port for TLS or nothing
  local site="bind 127.0.0.1
  handle_path /api/* {
    reverse_proxy ${BACKENDS[*]} {
      lb_policy round_robin
    }
  }
}"
  {
    printf '{\n  admin off\n  auto_https off\n}\nhttp://:%s {\n  %s\n' "$1" "$site"
    if [ -n "$2" ]; then printf 'https://:%s {\n  tls %s %s\n  %s\n' "$2" "$WORK/cert.pem" "$WORK/key.pem" "$site"; fi
  } >"$WORK/Caddyfile"
  HOME=$WORK GOMAXPROCS=1 launch 0 caddy run --config "$WORK/Caddyfile" --adapter caddyfile >"$WORK/caddy.log" 2>&1
}

# Starts the gateway as run.sh does, but without an archive, and with gateway_settings.
start_gateway() { # name, JDK, https if by TLS, text or off for the access log
  local secure=()
  if [ "$3" = https ]; then secure=("GATEWAY_TLS_CERT=$WORK/cert.pem" "GATEWAY_TLS_KEY=$WORK/key.pem"); fi
  launch 0 env GATEWAY_PORT=0 "GATEWAY_ACCESS_LOG=$4" NO_ARCHIVE=yes "JAVA_HOME=$2" ${secure[@]+"${secure[@]}"} \
    ./run.sh gateway >>"$WORK/$1.$3.log" 2>&1
}

# Builds Spring Cloud Gateway with one route into a folder of its own, from Maven Central, with the default JDK.
build_scg() {
  local folder=$WORK/scg
  mkdir -p "$folder/src/main/java/bench"
  cat >"$folder/src/main/java/bench/Scg.java" <<'JAVA'
package bench;

@org.springframework.boot.autoconfigure.SpringBootApplication
public class Scg {
    public static void main(String[] arguments) {
        org.springframework.boot.SpringApplication.run(Scg.class, arguments);
    }
}
JAVA
  cat >"$folder/pom.xml" <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>4.0.7</version>
    <relativePath/>
  </parent>
  <groupId>bench</groupId>
  <artifactId>scg</artifactId>
  <version>1</version>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>org.springframework.cloud</groupId>
        <artifactId>spring-cloud-dependencies</artifactId>
        <version>2025.1.4</version>
        <type>pom</type>
        <scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>org.springframework.cloud</groupId>
      <artifactId>spring-cloud-starter-gateway-server-webflux</artifactId>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-maven-plugin</artifactId>
      </plugin>
    </plugins>
  </build>
</project>
XML
  echo "building Spring Cloud Gateway ..." >&2
  mvn -q -B -Dstyle.color=never -f "$folder/pom.xml" package >"$WORK/scg.build" 2>&1 || fail "no Spring Cloud Gateway: $(tail -n 20 "$WORK/scg.build")"
}

start_scg() { # port, JDK, https if by TLS
  local route="--spring.cloud.gateway.server.webflux.routes[0]" secure=()
  if [ "$3" = https ]; then
    secure=("--server.ssl.certificate=$WORK/cert.pem" "--server.ssl.certificate-private-key=$WORK/key.pem" --server.http2.enabled=true)
  fi
  launch 0 "$2/bin/java" -jar "$WORK/scg/target/scg-1.jar" --server.address=127.0.0.1 "--server.port=$1" \
    --logging.level.root=error --spring.main.banner-mode=off "$route.id=api" "$route.uri=http://${BACKENDS[0]}" \
    "$route.predicates[0]=Path=/api/**" "$route.filters[0]=StripPrefix=1" ${secure[@]+"${secure[@]}"} >"$WORK/scg.$3.log" 2>&1
}
