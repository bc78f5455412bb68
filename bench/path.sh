#!/usr/bin/env bash
# Counts the gateway's own classes and methods that one warm request runs through: a GET on a kept connection, with the
# limiter on and the access log off. Lists them, with the calls that each request makes of each.
#
#   bench/path.sh [requests]                   after ./run.sh env; default 2000 requests between the two looks
#   CLASSES=/other/target/classes LIB='/other/target/lib/*' bench/path.sh     another build
#
# Java 25 counts the calls of every method (JFR's method timing); on the path is what was called by at least half of the
# requests. What timers call beside them is rarer, Jetty's and Javalin's classes aren't counted, nor are abstract methods.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

REQUESTS=${1:-2000}
CLASSES=${CLASSES:-target/classes}
LIB=${LIB:-target/lib/*}
. bench/common.sh

HOME25=$(java_home 25)
[ -n "$HOME25" ] || fail "Java 25 is needed"
command -v python3 >/dev/null || fail "python3 is needed"
[ -f "$CLASSES/GatewayApp.class" ] || fail "there is no build in $CLASSES; ./run.sh env makes one"

ready() { # a log; waits for its first line with "port", and prints the number behind
  local port
  for _ in $(seq 600); do
    port=$(sed -n 's/.* port \([0-9][0-9]*\).*/\1/p' "$1" 2>/dev/null | head -n 1)
    if [ -n "$port" ]; then
      echo "$port"
      return
    fi
    sleep 0.1
  done
  cat "$1" >&2
  return 1
}

# A backend that keeps its connections and answers 120 bytes.
cat >"$WORK/backend.py" <<'PY'
import socketserver

class Backend(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 120\r\n\r\n" + b"x" * 120)

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

server = Server(("127.0.0.1", 0), Backend)
print("listens on port", server.server_address[1], flush=True)
server.serve_forever()
PY
python3 "$WORK/backend.py" >"$WORK/backend.log" 2>&1 &
PIDS+=($!)
BACKEND=$(ready "$WORK/backend.log") || fail "the backend did not start"

# What curl sends, one request after the other on one connection.
cat >"$WORK/client.py" <<'PY'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30) as client:
    answers = client.makefile("rb")
    for i in range(int(sys.argv[2])):
        client.sendall(b"GET /api/data HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n")
        status = answers.readline()
        if b" 200 " not in status:
            sys.exit("answered " + status.decode())
        for line in iter(answers.readline, b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answers.read(length)
PY

FILTER=$(cd "$CLASSES" && find . -name '*.class' | sed 's|^\./||; s|\.class$||; s|/|.|g' | paste -sd ';')
GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=0 GATEWAY_RATE_LIMIT=1000000/60s GATEWAY_ACCESS_LOG=off \
  GATEWAY_SERVICES=http://127.0.0.1:$BACKEND \
  "$HOME25/bin/java" "-XX:StartFlightRecording:name=path,method-timing=$FILTER,filename=$WORK/end.jfr" \
  -Xlog:disable -cp "$CLASSES:$LIB" GatewayApp >"$WORK/gateway.log" 2>&1 &
GATEWAY=$!
PIDS+=("$GATEWAY")
PORT=$(ready "$WORK/gateway.log") || fail "the gateway did not start"

look() { # a name; the calls of each method since the start, as "calls class.method(parameters)"
  "$HOME25/bin/jcmd" "$GATEWAY" JFR.dump name=path "filename=$WORK/$1.jfr" >/dev/null || fail "no recording"
  "$HOME25/bin/jfr" print --events jdk.MethodTiming "$WORK/$1.jfr" | awk '
    $1 == "method" { sub(/^ *method = /, ""); sub(/ *\(?line:.*/, ""); method = $0 }
    $1 == "invocations" { gsub(/[^0-9]/, "", $3); if (!(method in calls) || $3 + 0 > calls[method]) calls[method] = $3 + 0 }
    END { for (method in calls) print calls[method] "\t" method }' | sort -k 2 >"$WORK/$1"
}

python3 "$WORK/client.py" "$PORT" 3000 || fail "the gateway did not answer"
look before
python3 "$WORK/client.py" "$PORT" "$REQUESTS" || fail "the gateway did not answer"
look after

join -t "$(printf '\t')" -1 2 -2 2 "$WORK/before" "$WORK/after" | awk -F '\t' -v requests="$REQUESTS" '
  $3 - $2 >= requests / 2 {
    class = $1
    sub(/\(.*/, "", class)
    sub(/\.[^.]*$/, "", class)
    methods++
    if (!(class in seen)) { seen[class] = 1; classes++ }
    printf "%6.2f  %s\n", ($3 - $2) / requests, $1
  }
  END { printf "%d classes, %d methods\n", classes, methods }'
