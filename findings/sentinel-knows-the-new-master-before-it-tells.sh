#!/usr/bin/env bash
# Redis Sentinel 7.0.15: after a failover it names the new master to those who ask SENTINEL GET-MASTER-ADDR-BY-NAME, and for
# seconds more the dead one to those who ask SENTINEL MASTER or MASTERS, or wait for the message +switch-master.
#
# Expected: what a sentinel knows of the master it says the same in all its answers, and +switch-master, which the manual calls
# "the message most external users are interested in", comes with the first of them.
# Seen: one master with four replicas, killed. As soon as the promoted replica says that it is the master, its address is the
# answer to GET-MASTER-ADDR-BY-NAME. The replies of SENTINEL MASTER have the new config-epoch from then on, too, but still the dead
# master's ip and port, until the other replicas have been told one after another (parallel-syncs is 1 by default): more than two
# seconds later here. Then only comes +switch-master. With a single replica it is less than a tenth of a second.
# For a gateway: a client that reads SENTINEL MASTERS (redis-py's discover_master) or waits for the message (Jedis) is without a
# master for longer the more replicas there are; ask for the address again and again while the master is away. And the epoch of
# SENTINEL MASTER belongs to the address of the other command, not to the one beside it.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

debian_packages redis-tools=5:7.0.15-1~deb12u10 redis-server=5:7.0.15-1~deb12u10 libjemalloc2 liblzf1
LD_LIBRARY_PATH=$(dirname "$(find "$WORK/root" -name 'libjemalloc.so.2')")
export LD_LIBRARY_PATH

cat >failover.py <<'PY'
import os, socket, subprocess, sys, threading, time

server, replicas = sys.argv[1], int(sys.argv[2])
processes = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port, *command):
    processes.append(subprocess.Popen([server, *command], stdout=subprocess.DEVNULL))
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(3)


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")

    def read(self):
        line = self.file.readline()[:-2]
        if line[:1] == b"*":
            return [self.read() for _ in range(int(line[1:]))]
        return self.file.read(int(line[1:]) + 2)[:-2].decode() if line[:1] == b"$" else line.decode()

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\r\n")
        return self.read()


try:
    nodes = [free_port() for _ in range(replicas + 1)]
    for node in nodes:
        home = f"{replicas}-{node}"
        os.mkdir(home)
        of = [] if node == nodes[0] else ["--replicaof", "127.0.0.1", str(nodes[0])]
        start(node, "--port", str(node), "--bind", "127.0.0.1", "--save", "", "--dir", home, *of)
    port = free_port()
    with open("sentinel.conf", "w") as conf:
        conf.write(f"port {port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 {nodes[0]} 1\n")
        conf.write("sentinel down-after-milliseconds mymaster 1000\n")
    start(port, "sentinel.conf", "--sentinel")
    sentinel, listener = Client(port), Client(port)

    def master():
        fields = sentinel.ask("SENTINEL MASTER mymaster")
        return dict(zip(fields[::2], fields[1::2]))

    while master()["num-slaves"] != str(replicas):
        time.sleep(0.1)
    while any("master-link-status,ok" not in ",".join(r) for r in sentinel.ask("SENTINEL REPLICAS mymaster")):
        time.sleep(0.1)
    seen = {}
    listener.ask("SUBSCRIBE +switch-master")
    threading.Thread(target=lambda: listener.read() and seen.setdefault("message", time.time()), daemon=True).start()
    processes[0].kill()
    while len(seen) < 4:
        now = master()
        address = sentinel.ask("SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")
        if address[1] != str(nodes[0]):
            seen.setdefault("address", time.time())
        if now["config-epoch"] != "0":
            seen.setdefault("epoch", time.time())
        if now["port"] != str(nodes[0]):
            seen.setdefault("master", time.time())
        time.sleep(0.01)

    def later(what):
        seconds = seen[what] - seen["address"]
        print(f"{what} {seconds:.3f} s", file=sys.stderr)
        return "at the same time" if seconds < 0.5 else "more than 2 s later" if seconds > 2 else "later"

    print(f"{replicas} replica(s): after the address, SENTINEL MASTER's epoch {later('epoch')},"
          f" its ip and port {later('master')}, +switch-master {later('message')}")
finally:
    for process in processes:
        process.kill()
        process.wait()
PY

redis=$WORK/root/usr/bin/redis-server
{
  python3 failover.py "$redis" 1 2>>times.log
  python3 failover.py "$redis" 4 2>>times.log
} | expect_seen \
  "1 replica(s): after the address, SENTINEL MASTER's epoch at the same time, its ip and port at the same time, +switch-master at the same time" \
  "4 replica(s): after the address, SENTINEL MASTER's epoch at the same time, its ip and port more than 2 s later, +switch-master more than 2 s later"
