#!/usr/bin/env bash
# How fast a gateway is that has just started: the time to "is ready", then the requests it serves in each of the first ten
# seconds of load, and what it serves later. Peers, one after another in each turn:
#
#   plain     java without options, and without a warm-up
#   cold      as ./run.sh gateway starts it, but without a warm-up and an archive
#   warm      with the warm-up (GATEWAY_WARM_UP, as it is by default)
#   archive   with the archive that ./run.sh build records
#   both      with both, as users have it
#   nginx
#
#   bench/cold.sh [turns]        default 5; the table has medians. 5 turns of 5 peers take 20 minutes
#   PEERS="cold both" JAVA=17 WARM_UP=2s TLS=yes bench/cold.sh 3        TLS=yes: h2load by HTTP/2, 10 streams a connection
#   JDK_JAVA_OPTIONS=-Xms32m PEERS=cold bench/cold.sh                   with options of your own
#
# The proxy has core 0 to itself; load (64 connections) and backend (one nginx worker), which counts the requests, core 1.
# Others on this machine slow down a process but take it no CPU time: seconds are those of the proxy's CPU time, and where
# the machine is idle these are seconds of a clock, since the proxy is the only one on its core, and always busy.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

TURNS=${1:-5}
PEERS=${PEERS:-plain cold warm archive both}
JAVA=${JAVA:-25}
WARM_UP=${WARM_UP:-}
TLS=${TLS:-}
SECONDS_EACH=${SECONDS_EACH:-25} # the last five are "later"
CONNECTIONS=64
. bench/common.sh
. bench/peers.sh

for tool in wrk nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nginx-light util-linux python3)"
done
JAVA_HOME=$(java_home "$JAVA")
[ -n "$JAVA_HOME" ] || fail "no Java $JAVA found"
export JAVA_HOME

one_backend "$TLS"
echo "recording an archive ..." >&2
./run.sh build || fail "the build failed"
export GATEWAY_PORT=$((PORT + 1)) GATEWAY_ACCESS_LOG=off

# Watches a process that has just become ready, under load, until it has used so many seconds of CPU time. Prints the CPU
# seconds that it took to be ready, the requests in each second after that, and the peak memory in MB.
cat >"$WORK/watch.py" <<'PY'
import re, socket, sys, time
pid, port, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def cpu():
    return sum(int(ticks) for ticks in open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[11:13]) / 100
backend = socket.create_connection(("127.0.0.1", port), 10)
def count():
    backend.sendall(b"GET /count HTTP/1.1\r\nHost: x\r\n\r\n")
    return int(re.search(rb"requests\s+\d+ \d+ (\d+)", backend.recv(4096)).group(1))
ready, seen, end = cpu(), [(0, count())], time.time() + 10 * seconds
while seen[-1][0] < seconds and time.time() < end:
    time.sleep(0.02)
    seen.append((cpu() - ready, count() - len(seen)))
def served_by(second):
    for (before, low), (after, high) in zip(seen, seen[1:]):
        if after >= second and after > before:
            return low + (high - low) * (second - before) / (after - before)
    sys.exit(f"it used {seen[-1][0]} s of CPU time only")
marks = [served_by(second) for second in range(seconds + 1)]
peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) // 1024
print(ready, *(int(after - before) for before, after in zip(marks, marks[1:])), peak)
PY

start() { # a peer, on core 0; sets PID
  local log=$WORK/log
  : >"$log"
  case $1 in
    plain)
      GATEWAY_WARM_UP=0s taskset -c 0 "$JAVA_HOME/bin/java" -cp "target/classes:target/lib/*" GatewayApp >"$log" 2>&1 &
      ;;
    cold) NO_ARCHIVE=yes GATEWAY_WARM_UP=0s taskset -c 0 ./run.sh gateway >"$log" 2>&1 & ;;
    warm) NO_ARCHIVE=yes GATEWAY_WARM_UP=$WARM_UP taskset -c 0 ./run.sh gateway >"$log" 2>&1 & ;;
    archive) GATEWAY_WARM_UP=0s taskset -c 0 ./run.sh gateway >"$log" 2>&1 & ;;
    both) GATEWAY_WARM_UP=$WARM_UP taskset -c 0 ./run.sh gateway >"$log" 2>&1 & ;;
    nginx)
      start_nginx nginx "$(nginx_listen "$GATEWAY_PORT" "$SCHEME")" off
      await_port "$GATEWAY_PORT" "$WORK/nginx.log"
      return
      ;;
    *) fail "unknown peer $1; there are plain, cold, warm, archive, both and nginx" ;;
  esac
  PID=$!
  PIDS+=("$PID")
  for _ in $(seq 3000); do
    if grep -q 'is ready on port' "$log"; then return; fi
    kill -0 "$PID" 2>/dev/null || break
    sleep 0.02
  done
  fail "$1 did not start: $(cat "$log")"
}

# Puts a peer under load from the first moment, and adds a line to its figures.
turn() {
  local load url=$SCHEME://127.0.0.1:$GATEWAY_PORT/api/data
  start "$1"
  if [ -n "$TLS" ]; then
    taskset -c 1 h2load -t1 -c$CONNECTIONS "-m$STREAMS" -D $((SECONDS_EACH * 10)) "$url" >/dev/null 2>&1 &
  else
    taskset -c 1 wrk -t1 -c$CONNECTIONS -d $((SECONDS_EACH * 10)) "$url" >/dev/null 2>&1 &
  fi
  load=$!
  PIDS+=("$load")
  python3 "$WORK/watch.py" "$PID" "$PORT" "$SECONDS_EACH" >>"$WORK/figures.$1" || fail "$1 was not measured"
  kill "$load" "$PID" 2>/dev/null
  wait "$load" "$PID" 2>/dev/null
}

for turn in $(seq "$TURNS"); do
  if [ $((turn % 2)) = 1 ]; then order=$PEERS; else order=$(tr ' ' '\n' <<<"$PEERS" | tac | paste -sd ' '); fi
  for peer in $order; do turn "$peer"; done
done

echo "$(machine), one of them for the proxy, Java $JAVA, $(date +%F)${TLS:+, HTTP/2 over TLS}"
echo "$TURNS turns, medians; seconds of CPU time, requests in each of them"
echo
printf '| proxy | ready after |'
printf ' %s |' 1 2 3 4 5 6 7 8 9 10 later 'first / later' 'peak MB'
printf '\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n'
for peer in $PEERS; do
  python3 - "$peer" "$WORK/figures.$peer" <<'PY'
import statistics, sys
turns = [[float(figure) for figure in line.split()] for line in open(sys.argv[2])]
ready = statistics.median(turn[0] for turn in turns)
served = [statistics.median(turn[second] for turn in turns) for second in range(1, 11)]
later = statistics.median(statistics.mean(turn[-6:-1]) for turn in turns)
ratio = statistics.median(turn[1] / statistics.mean(turn[-6:-1]) for turn in turns)
peak = statistics.median(turn[-1] for turn in turns)
print(f"| {sys.argv[1]} | {ready:.2f} s |", " | ".join(f"{requests:.0f}" for requests in served), f"| {later:.0f} | {ratio:.3f} | {peak:.0f} |")
PY
done
