# What the comparisons share; to be sourced, at the project's top.
# shellcheck shell=bash

WORK=$(mktemp -d)
PIDS=()

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}
end() {
  local pid running
  running=" $(jobs -rp | tr '\n' ' ')"
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do
    # The number of one that has ended may be another process's by now
    [[ $running == *" $pid "* ]] || continue
    kill "$pid" 2>/dev/null
    kill -CONT "$pid" 2>/dev/null # one that was stopped ends only now
  done
  wait
  rm -rf "$WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

# Sets PORT to the first of so many consecutive ports, for servers that can't take a free one and say which. A process
# keeps them until the script ends: its sockets don't listen, so the system gives the ports to nobody, and a server that
# is told the number can listen there (with SO_REUSEADDR, on Linux; all compared here do).
reserve_ports() {
  python3 - "$1" >"$WORK/ports" <<'PY' &
import signal, socket, sys
while True:
    sockets = []
    try:
        for offset in range(int(sys.argv[1])):
            own = socket.socket()
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind(("", sockets[0].getsockname()[1] + offset if sockets else 0))
            sockets.append(own)
        break
    except (OSError, OverflowError):  # one is somebody else's, or beyond the last
        pass
print(sockets[0].getsockname()[1], flush=True)
signal.pause()
PY
  PIDS+=($!)
  until [ -s "$WORK/ports" ]; do sleep 0.05; done
  # shellcheck disable=SC2034 # for who sources this
  PORT=$(cat "$WORK/ports")
}

# Prints the port that a server's log names, once it does: "... is ready on port 8000". Fails after three minutes.
ready_port() { # its log
  local port
  for _ in $(seq 1800); do
    port=$(sed -n 's/.*is ready on port \([0-9]*\).*/\1/p' "$1" | head -n 1)
    if [ -n "$port" ]; then
      echo "$port"
      return
    fi
    sleep 0.1
  done
  fail "no server is ready: $(cat "$1")"
}

java_home() { # of a feature number, from what Debian and Temurin install
  local home
  for home in /usr/lib/jvm/*; do
    if [ -x "$home/bin/javac" ] && grep -qs "^JAVA_VERSION=\"$1" "$home/release"; then
      echo "$home"
      return
    fi
  done
}

# Makes a certificate of a curve, as most are by now: cert.pem, key.pem and, for HAProxy, both.pem.
certificate() {
  local tool
  for tool in openssl h2load; do
    command -v $tool >/dev/null || fail "$tool is needed for TLS (Debian packages: openssl nghttp2-client)"
  done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
  cat "$WORK/cert.pem" "$WORK/key.pem" >"$WORK/both.pem"
}

machine() { echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//'), $(nproc) cores, Linux $(uname -r | cut -d- -f1)"; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Of what wrk printed and the hundredths of a second that were used: requests/s, CPU µs a request, p50 ms, p99 ms, non-2xx.
figures() {
  awk -v ticks="$1" '
    function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
    $1 == "50%" { p50 = ms($2) } $1 == "99%" { p99 = ms($2) }
    /requests in/ { n = $1 } /Requests\/sec/ { rps = $2 } /Non-2xx/ { bad = $NF }
    END { printf "%d %.1f %.2f %.2f %d\n", rps, n ? ticks * 10000 / n : 0, p50, p99, bad }'
}

# The same of what h2load printed, which knows no percentiles.
h2_figures() {
  awk -v ticks="$1" '
    /^finished in/ { rps = $4 } /^requests:/ { n = $6 } /^status codes:/ { bad = $5 + $7 + $9 }
    END { printf "%d %.1f - - %d\n", rps, n ? ticks * 10000 / n : 0, bad }'
}

STREAMS=10 # requests at the same time on each connection of HTTP/2

# Loads a proxy on core 1: small answers, by HTTP/2 if the workload is h2; or post, 10 KB, or large, answers of 1 MiB.
load() { # its URL, seconds, connections, workload
  local path=/api/data script=()
  case $4 in
    h2)
      # By itself it doesn't end while a proxy that is slow to start still owes it handshakes or answers.
      taskset -c 1 timeout --foreground $(($2 + 10)) h2load -t1 "-c$3" "-m$STREAMS" "-D$2" "$1$path"
      return
      ;;
    large) path=/api/large ;;
    post)
      script=(-s "$WORK/post.lua")
      [ -f "$WORK/post.lua" ] || cat >"$WORK/post.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = "\"" .. string.rep("x", 10238) .. "\""
LUA
      ;;
  esac
  taskset -c 1 wrk -t1 "-c$3" "-d${2}s" --timeout 10s --latency ${script[@]+"${script[@]}"} "$1$path"
}

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; } # CPU time of a process so far, in hundredths of a second

# The figures of a proxy under load: see there.
measure() { # its process, its URL, seconds, connections, workload
  local before after
  before=$(ticks "$1")
  load "${@:2}" >"$WORK/load"
  after=$(ticks "$1")
  if [ "$5" = h2 ]; then h2_figures $((after - before)); else figures $((after - before)); fi <"$WORK/load"
}
