#!/usr/bin/env bash
# Measures this gateway beside nginx, HAProxy and Caddy in alternating turns, against the same three backends.
#
#   bench/compare.sh [rounds]        rounds of each measurement, default 5; 25 minutes at most
#   PEERS="java25 nginx scg" bench/compare.sh       beside Spring Cloud Gateway, which it builds with Maven first
#   PEERS="java17 plain17 nginx" WORKLOADS=get bench/compare.sh     beside bench/Plain.java, the job in the fewest lines
#   CONNECTIONS="64 1024" WORKLOADS=get SECONDS_EACH=6 bench/compare.sh 9
#   JDK_JAVA_OPTIONS=-Xmx64m PEERS="java25 nginx" bench/compare.sh  with options of your own, beside those of run.sh
#
# Peers: java25 and java17 are the gateway as run.sh starts it, without an archive; java25-log and nginx-log write an access
# log as text to a file, and take part in get alone. Workloads:
#
#   get     120 bytes of JSON, with each of CONNECTIONS; all others with 64 connections
#   post    10 KB, answered by 120 bytes
#   large   answers of 1 MiB
#   tls     get by HTTPS with HTTP/1.1; each turn begins with 64 handshakes
#   h2      get by HTTPS with HTTP/2, 10 streams a connection
#   half    get at half the rate that the peer has just had: p99 here is what a client waits when the core isn't full.
#           Each connection pauses at random between requests, so that one that waits long sends less meanwhile
#
# All peers run all the while on core 0, load (wrk, h2load) and backends (one nginx) on core 1: with two cores this is the
# only way to see what a proxy costs. Only one has load at a time; every second round takes them in reverse. "x nginx" are
# medians of the ratios within each round, all else medians of the rounds. Absolute times drift on shared machines.
# "bytes/request" are what a JVM allocates; "peak RSS" is that of the whole process so far, in the order of the rows.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

ROUNDS=${1:-5}
CONNECTIONS=${CONNECTIONS:-16 64 512}
WORKLOADS=${WORKLOADS:-get post large tls h2 half}
PEERS=${PEERS:-java25 java17 nginx haproxy caddy java25-log nginx-log}
SECONDS_EACH=${SECONDS_EACH:-4}
WARM_UP=${WARM_UP:-20}
. bench/common.sh
. bench/peers.sh

for tool in wrk nginx taskset python3; do
  command -v $tool >/dev/null || fail "$tool is needed (Debian packages: wrk nginx-light util-linux python3)"
done
for workload in $WORKLOADS; do
  case $workload in
    get | post | large | tls | h2 | half) ;;
    *) fail "unknown workload $workload; there are get, post, large, tls, h2 and half" ;;
  esac
done
TLS=
if [[ " $WORKLOADS " =~ \ (tls|h2)\  ]]; then TLS=yes; fi

# --- peers -----------------------------------------------------------------------------------------------------------

# The processes and URLs of the peers, by name and scheme ("nginx http"), and the JDKs of those that are Java.
declare -A PROCESS URL JDK

jdk() { # peer, feature number: false if there is none
  JDK[$1]=$(java_home "$2")
  [ -n "${JDK[$1]}" ]
}

# Remembers what was started last, once it listens.
started() { # peer, scheme, port
  await_port "$3" "$WORK/$1"*.log
  PROCESS[$1 $2]=$PID URL[$1 $2]=$2://127.0.0.1:$3
}

# Starts a peer, without and if need be with TLS; false if it isn't on this machine.
start() {
  local schemes=http scheme plain=$PORT tls=''
  if [ -n "$TLS" ] && [[ $1 != *-log ]] && [[ $1 != plain* ]]; then
    schemes="http https"
    tls=$((PORT + 1))
  fi
  PORT=$((PORT + 2))
  case $1 in
    java*)
      scheme=${1%-log}
      jdk "$1" "${scheme#java}" || return 1
      for scheme in $schemes; do
        start_gateway "$1" "${JDK[$1]}" "$scheme" "$([[ $1 = *-log ]] && echo text || echo off)"
        plain=$(ready_port "$WORK/$1.$scheme.log") || exit 1
        started "$1" "$scheme" "$plain"
      done
      return
      ;;
    plain*) # the same job in the fewest lines: what the gateway's own care is measured against
      jdk "$1" "${1#plain}" || return 1
      launch 0 "${JDK[$1]}/bin/java" -cp "target/lib/*" bench/Plain.java "$plain" "${BACKENDS[@]/#/http://}" >"$WORK/$1.log" 2>&1
      ;;
    scg)
      jdk scg 25 || return 1
      build_scg
      start_scg "$plain" "${JDK[$1]}" http
      if [ -n "$tls" ]; then
        started scg http "$plain"
        start_scg "$tls" "${JDK[$1]}" https
        started scg https "$tls"
        return
      fi
      ;;
    nginx) start_nginx "$1" "$(nginx_listen "$plain" && if [ -n "$tls" ]; then nginx_listen "$tls" https; fi)" off ;;
    nginx-log) start_nginx "$1" "$(nginx_listen "$plain")" "$WORK/$1.http.log combined" ;;
    haproxy | caddy)
      command -v "$1" >/dev/null || return 1
      "start_$1" "$plain" "$tls"
      ;;
    *) fail "unknown peer $1; there are java17 and java25 (also with -log), plain17, plain25, nginx, nginx-log, haproxy, caddy and scg" ;;
  esac
  started "$1" http "$plain"
  if [ -n "$tls" ]; then started "$1" https "$tls"; fi
}

# --- turns -----------------------------------------------------------------------------------------------------------

# Prints those that take part in a workload.
field() {
  local peer scheme
  scheme=$(scheme "$1")
  for peer in $PEERS; do
    if [ -n "${URL[$peer $scheme]:-}" ] && { [ "$1" = get ] || [[ $peer != *-log ]]; }; then echo "$peer"; fi
  done
}

scheme() { case $1 in tls | h2) echo https ;; *) echo http ;; esac; }

# What a JVM has allocated so far, KB: the young collections and the eden that each has emptied, in which all but the largest
# objects begin, and what is in it, which the JVM may say as of its last collection only. So a turn's is exact to an eden
# (some 13 MB; 0 if there was no collection), and off by more in a turn in which eden grows.
allocated() { # peer, process
  if [ -z "${JDK[$1]:-}" ]; then
    echo -
    return
  fi
  taskset -c 1 "${JDK[$1]}/bin/jstat" -gc "$2" | awk '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    NR == 2 { print $column["YGC"] * $column["EC"] + $column["EU"] }'
}

# Half the load that a peer can carry: each of 64 connections waits after each answer, by the mean DELAY in milliseconds,
# which is adjusted once by the rate that it leads to.
pause_script() {
  cat >"$WORK/half.lua" <<'LUA'
local mean = tonumber(os.getenv("DELAY"))
function delay() return math.floor(0.5 - mean * math.log(1 - math.random())) end
LUA
}

paced() { # mean delay, seconds, URL
  DELAY=$1 taskset -c 1 wrk -t1 -c64 "-d${2}s" --timeout 10s --latency -s "$WORK/half.lua" "$3/api/data"
}

rate() { awk '/Requests\/sec/ { print $2 }'; }

measure_half() { # process, URL: as measure
  local full first delay before after
  full=$(load "$2" 2 64 get | rate)
  delay=$(awk "BEGIN { print 128000 / $full }")
  first=$(paced "$delay" 2 "$2" | rate)
  delay=$(awk "BEGIN { d = 128000 / $full - (64000 / $first - $delay); print (d > 0 ? d : 0) }")
  before=$(ticks "$1")
  paced "$delay" "$SECONDS_EACH" "$2" >"$WORK/load"
  after=$(ticks "$1")
  figures $((after - before)) <"$WORK/load"
}

# One turn of a peer; adds a line to the figures: workload, connections, peer, round, requests/s, CPU µs a request, p50 ms,
# p99 ms, non-2xx, KB allocated before and after, seconds, peak RSS in MB.
turn() { # workload, connections, peer, round
  local scheme process url before figures
  scheme=$(scheme "$1")
  process=${PROCESS[$3 $scheme]} url=${URL[$3 $scheme]}
  before=$(allocated "$3" "$process")
  if [ "$1" = half ]; then
    figures=$(measure_half "$process" "$url")
    before=- # half's turns have other loads in them
  else
    figures=$(measure "$process" "$url" "$SECONDS_EACH" "$2" "$1")
  fi
  echo "$1 $2 $3 $4 $figures $before $(allocated "$3" "$process") $SECONDS_EACH $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$process/status")" >>"$WORK/turns"
  if [[ $3 = *-log ]]; then : >"$WORK/$3.$scheme.log"; fi # both append to it
}

# Prints how many seconds of load a peer has before a workload, twice: compilers take this long to see what is hot.
warm_up_of() { # workload, peer
  if [ "$1" = half ] && [[ " $WORKLOADS " = *" get "* ]]; then
    echo 0
  elif [ -n "${JDK[$2]:-}" ]; then
    echo $((WARM_UP / 2))
  else
    echo 1
  fi
}

warm_up() { # workload, peer
  local seconds
  seconds=$(warm_up_of "$@")
  if [ "$seconds" -gt 0 ]; then load "${URL[$2 $(scheme "$1")]}" "$seconds" 64 "${1/half/get}" >/dev/null; fi
}

connections_of() { if [ "$1" = get ]; then echo "$CONNECTIONS"; else echo 64; fi; }

# Prints the rows of a workload at a number of connections, or how the logs did.
rows() { python3 "$WORK/rows.py" "$WORK/turns" "$@"; }
cat >"$WORK/rows.py" <<'PY'
import statistics, sys
turns = {}  # of each peer: its turns by their rounds
for line in open(sys.argv[1]):
    workload, connections, peer, turn, *figures = line.split()
    if [workload, connections] == sys.argv[2:4]:
        turns.setdefault(peer, {})[turn] = [None if figure == "-" else float(figure) for figure in figures]
RATE, CPU, P50, P99, BAD, BEFORE, AFTER, SECONDS, PEAK = range(9)
def text(figures, form):
    figures = [figure for figure in figures if figure is not None]
    return form % statistics.median(figures) if figures else "-"
def ratio(peer, other, column):
    pairs = [(figures[column], turns.get(other, {}).get(turn, [0] * 9)[column]) for turn, figures in turns[peer].items()]
    return text([mine / its for mine, its in pairs if mine is not None and its], "%.2f")
def bytes_of(figures):
    if figures[BEFORE] is None or not figures[RATE]:
        return None
    return (figures[AFTER] - figures[BEFORE]) * 1024 / (figures[RATE] * figures[SECONDS])
for peer in turns:
    if len(sys.argv) > 4:
        if peer.endswith("-log") and peer[:-4] in turns:
            print(f"{peer}: {ratio(peer, peer[:-4], CPU)} times the CPU of {peer[:-4]}, {sys.argv[3]} connections")
        continue
    of = list(zip(*turns[peer].values()))
    print("|", " | ".join([sys.argv[2], sys.argv[3], peer, text(of[RATE], "%.0f"), text(of[CPU], "%.1f"),
        ratio(peer, "nginx", CPU), text(of[P50], "%.2f"), text(of[P99], "%.2f"), ratio(peer, "nginx", P99),
        text(map(bytes_of, turns[peer].values()), "%.0f"), text([max(of[PEAK])], "%.0f"), "%.0f" % sum(of[BAD])]), "|", flush=True)
PY

# --- the run ---------------------------------------------------------------------------------------------------------

# All seconds of load, and one for jstat in each turn of a JVM.
estimate() {
  local workload peer sum=10 of
  for workload in $WORKLOADS; do
    of=$(connections_of "$workload" | wc -w)
    for peer in $(field "$workload"); do
      sum=$((sum + ROUNDS * of * SECONDS_EACH + 2 * $(warm_up_of "$workload" "$peer")))
      if [ -n "${JDK[$peer]:-}" ]; then sum=$((sum + ROUNDS * of)); fi
      if [ "$workload" = half ]; then sum=$((sum + ROUNDS * 4)); fi
    done
  done
  echo "about $(((sum + 59) / 60)) minutes"
}

./run.sh env >/dev/null || fail "the build failed"
if [ -n "$TLS" ]; then certificate; fi
pause_script
reserve_ports $((3 + 2 * $(wc -w <<<"$PEERS")))
start_backends "$PORT" $((PORT + 1)) $((PORT + 2))
gateway_settings http
PORT=$((PORT + 3))
for peer in $PEERS; do
  start "$peer" || echo "compare.sh: $peer isn't installed; skipped" >&2
done
echo "compare.sh: this takes $(estimate)" >&2

echo "$(machine), $(date +%F)"
echo "$ROUNDS rounds of $SECONDS_EACH s, medians; get: 120 bytes of JSON, post: 10 KB, large: 1 MiB, tls: get by HTTPS, h2: get by HTTP/2 over TLS, $STREAMS streams a connection, half: get at half the peer's own rate"
echo
echo "| workload | connections | proxy | requests/s | CPU µs/request | CPU x nginx | p50 ms | p99 ms | p99 x nginx | bytes/request | peak RSS MB | non-2xx |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
for workload in $WORKLOADS; do
  peers=$(field "$workload")
  for _ in 1 2; do
    for peer in $peers; do warm_up "$workload" "$peer"; done
  done
  for connections in $(connections_of "$workload"); do
    for round in $(seq "$ROUNDS"); do
      for peer in $(if [ $((round % 2)) = 1 ]; then echo "$peers"; else tac <<<"$peers"; fi); do
        turn "$workload" "$connections" "$peer" "$round"
      done
    done
    rows "$workload" "$connections"
  done
done
echo
for workload in $WORKLOADS; do
  for connections in $(connections_of "$workload"); do rows "$workload" "$connections" logs; done
done
