#!/usr/bin/env bash
# Measures what a failover of Redis costs: two gateways under load share a limit through a master that sentinels watch,
# and the master is killed, or frozen and woken again as an old master. A line for each round:
#
#   sentinels  ms from the fault until the first sentinel names another master: their part
#   decides    ms from the fault until that decides at both gateways
#   slowest    ms of the slowest request: before; until both gateways know; meanwhile, with how late this script itself was
#              at most, as it is on a busy machine; after the new master decides
#   most       how many requests of one client passed at most; the bound is the limit times the gateways
#   statuses   how often each status came
#
#   bench/failover.sh [rounds of each fault]        default 3
#   TIMEOUT=50ms DOWN_AFTER=1000 REDIS=redis-server JDK=25 FAULTS="kill freeze" bench/failover.sh
#
# Exits with 1 if a status is another than 200 and 429, or more passed than the bound.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

ROUNDS=${1:-3}
FAULTS=${FAULTS:-kill freeze}
TIMEOUT=${TIMEOUT:-50ms}
DOWN_AFTER=${DOWN_AFTER:-1000}
REDIS=${REDIS:-redis-server}
JDK=${JDK:-25}
. bench/common.sh

for tool in "$REDIS" python3 curl; do
  command -v "$tool" >/dev/null || fail "$tool is needed (Debian packages: redis-server python3 curl)"
done
java=$(java_home "$JDK")/bin/java
[ -x "$java" ] || fail "no Java $JDK"
./run.sh build >"$WORK/build" 2>&1 || fail "$(cat "$WORK/build")"

echo "$(machine), $(date +%F), Java $JDK, $("$REDIS" --version | cut -d ' ' -f 3)"
echo "3 sentinels with down-after-milliseconds $DOWN_AFTER, quorum 2; a master and 2 replicas; GATEWAY_REDIS_TIMEOUT=$TIMEOUT"

# Ports: three nodes, three sentinels, the backend, two gateways.
reserve_ports 9

failed=0
for fault in $FAULTS; do
  for round in $(seq "$ROUNDS"); do
    python3 bench/failover.py "$PORT" "$WORK/$fault-$round" "$fault" "$java" "$REDIS" "$DOWN_AFTER" "$TIMEOUT" || failed=1
  done
done
exit $failed
