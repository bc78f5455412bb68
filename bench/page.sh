#!/usr/bin/env bash
# How busy the dashboard keeps its browser while requests pass through the gateway (bench/Page.java): 30 services, and no
# requests, 100/s and 1,000/s. Fails if a task of the page's main thread takes over 200 ms once the page has loaded: of
# CPU, since by the clock a task also takes what a busy machine lets it wait.
#
#   bench/page.sh [seconds]      at each rate; default 10
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

SECONDS_EACH=${1:-10}
SERVICES=30
LONGEST_MS=200
. bench/common.sh

CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  fail "chromium is needed (Debian package: chromium)"
mvn -q -B -Dspotless.check.skip test-compile || fail "the build failed"
CLASSPATH=$(mvn -q -B exec:exec -Dexec.executable=echo -Dexec.args=%classpath -Dexec.classpathScope=test |
  sed $'s/\033\\[[0-9;]*m//g') # Maven may reset a terminal's colours, even to a pipe
JAVA="${JAVA_HOME:+$JAVA_HOME/bin/}java"
"${JAVA}c" -cp "$CLASSPATH" -d "$WORK" bench/Page.java || fail "bench/Page.java can't be compiled"

GATEWAY_PORT=0 GATEWAY_RATE_LIMIT=1000000/60s GATEWAY_ACCESS_LOG=off GATEWAY_SERVICES='' \
  "$JAVA" -cp "$CLASSPATH" GatewayApp >"$WORK/gateway.log" 2>&1 &
PIDS+=($!)
PORT=$(ready_port "$WORK/gateway.log") || exit 1

"$JAVA" -cp "$WORK:$CLASSPATH" Page "$PORT" "$CHROMIUM" "$SERVICES" "$SECONDS_EACH" 0 100 1000 \
  >"$WORK/rows" 2>"$WORK/page.log" &
PAGE=$!
PIDS+=("$PAGE")
wait "$PAGE" || fail "the page was not measured: $(cat "$WORK/page.log")"

printf '| requests/s | CPU %% | of scripts %% | longest task, ms of CPU | by the clock |\n|---|---|---|---|---|\n'
sed 's/ / | /g; s/^/| /; s/$/ |/' "$WORK/rows"
awk -v most="$LONGEST_MS" '$4 > most { exit 1 }' "$WORK/rows" || fail "a task took over $LONGEST_MS ms of CPU"
