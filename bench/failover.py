"""One round of failover.sh: starts all, loads the gateways, makes the fault, prints a line; exits with 1 if it went wrong."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter

LIMIT, GATEWAYS, CONNECTIONS = 5, 2, 6
PACE = 0.005
AFTER = 4.0  # seconds that a round goes on when the new master decides, and for the old one when it is awake again

PROCESSES = []


def start(folder, name, command, **environment):
    log = open(os.path.join(folder, name + ".log"), "w")
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})
    PROCESSES.append(process)
    return process


async def connect(port):
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)


async def backend(port):
    async def serve(reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    await (await asyncio.start_server(serve, "127.0.0.1", port)).serve_forever()


class Http:
    """A client on a connection of its own."""

    def __init__(self, port):
        self.port, self.streams = port, None

    async def get(self, path, client=None):
        if self.streams is None:
            self.streams = await connect(self.port)
        reader, writer = self.streams
        forwarded = f"X-Forwarded-For: {client}\r\n" if client else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n{forwarded}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(fields["content-length"])) if "content-length" in fields else b""
        while fields.get("transfer-encoding") == "chunked":
            size = int(await reader.readline(), 16)
            body += (await reader.readexactly(size + 2))[:-2]
            if size == 0:
                break
        if fields.get("connection") == "close":
            writer.close()
            self.streams = None
        return int(head.split(" ")[1]), body.decode()


async def ask(port, *words):
    """Asks a server of Redis on a connection of its own; None if it doesn't answer within 200 ms."""

    async def exchange():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words))

            async def value():
                line = (await reader.readline()).decode().rstrip("\r\n")
                if line[0] == "*":
                    return [await value() for _ in range(int(line[1:]))]
                if line[0] == "$":
                    return None if line == "$-1" else (await reader.readexactly(int(line[1:]) + 2)).decode()[:-2]
                return line[1:]

            return await value()
        finally:
            writer.close()

    try:
        return await asyncio.wait_for(exchange(), 0.2)
    except (OSError, asyncio.TimeoutError, IndexError):
        return None


class Round:
    def __init__(self, port):
        self.nodes, self.sentinels = range(port, port + 3), range(port + 3, port + 6)
        self.backend, self.gateways = port + 6, range(port + 7, port + 7 + GATEWAYS)
        self.requests, self.passed, self.clients = [], Counter(), 0
        self.named = self.old = None
        self.lags = []
        self.stores = {gateway: [] for gateway in self.gateways}

    def start(self, folder, java, redis, down_after, timeout):
        for node in self.nodes:
            home = os.path.join(folder, str(node))
            os.makedirs(home)
            replica = [] if node == self.nodes[0] else ["--replicaof", "127.0.0.1", str(self.nodes[0])]
            quick = ["--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"]
            common = ["--port", str(node), "--bind", "127.0.0.1", "--save", "", "--dir", home]
            process = start(folder, f"redis{node}", [redis, *common, *quick, *replica])
            if node == self.nodes[0]:
                self.old = process
        for sentinel in self.sentinels:
            file = os.path.join(folder, f"sentinel{sentinel}.conf")
            with open(file, "w") as conf:
                conf.write(
                    f"port {sentinel}\nbind 127.0.0.1\ndir {folder}\n"
                    f"sentinel monitor mymaster 127.0.0.1 {self.nodes[0]} 2\n"
                    f"sentinel down-after-milliseconds mymaster {down_after}\n"
                    "sentinel failover-timeout mymaster 10000\n"
                )
            start(folder, f"sentinel{sentinel}", [redis, file, "--sentinel"])
        start(folder, "backend", [sys.executable, __file__, "backend", str(self.backend)])
        where = ",".join(f"127.0.0.1:{sentinel}" for sentinel in self.sentinels)
        for gateway in self.gateways:
            start(
                folder,
                f"gateway{gateway}",
                [java, "-cp", "target/classes:target/lib/*", "GatewayApp"],
                GATEWAY_PORT=str(gateway),
                GATEWAY_SERVICES=f"http://127.0.0.1:{self.backend}",
                GATEWAY_RATE_LIMIT=f"{LIMIT}/60s",
                GATEWAY_REDIS_URL=f"redis+sentinel://{where}/mymaster",
                GATEWAY_REDIS_TIMEOUT=timeout,
                GATEWAY_TRUSTED_PROXIES="127.0.0.1/32",
                GATEWAY_ACCESS_LOG="off",
            )

    async def whole(self):
        """Waits until the sentinels know each other and both replicas, and the gateways each other."""
        for sentinel in self.sentinels:
            while True:
                said = await ask(sentinel, "SENTINEL", "MASTER", "mymaster")
                facts = dict(zip(said[::2], said[1::2])) if said and len(said) > 2 else {}
                if (facts.get("num-slaves"), facts.get("num-other-sentinels")) == ("2", "2"):
                    break
                await asyncio.sleep(0.2)
        for gateway in self.gateways:
            client = Http(gateway)
            while f'"total_gateways":{GATEWAYS}' not in (await client.get("/gateways"))[1]:
                await asyncio.sleep(0.2)

    async def request(self, client, http):
        began = time.monotonic()
        status, _ = await http.get("/api/x", client)
        self.requests.append((began, time.monotonic() - began, status))
        if status == 200:
            self.passed[client] += 1

    async def load(self, gateway):
        http = Http(gateway)
        while True:
            self.clients += 1
            client = f"10.{self.clients >> 16 & 255}.{self.clients >> 8 & 255}.{self.clients & 255}"
            for _ in range(LIMIT + 2):
                await self.request(client, http)
                await asyncio.sleep(PACE)

    async def insist(self, client, gateway):
        http = Http(gateway)
        while True:
            await self.request(client, http)
            await asyncio.sleep(0.02)

    async def watch_lag(self):
        """How late this script itself is: no request can be told to be quicker than that."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(PACE)
            self.lags.append((began, time.monotonic() - began - PACE))

    async def watch_sentinel(self, sentinel):
        while self.named is None:
            said = await ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
            if said and said[1] != str(self.nodes[0]) and self.named is None:
                self.named = (time.monotonic(), int(said[1]))
            await asyncio.sleep(0.01)

    async def watch_store(self, gateway):
        http, last = Http(gateway), None
        while True:
            _, body = await http.get("/health")
            store = "redis" if '"rate_limit_store":"redis"' in body else "memory"
            if store != last:
                self.stores[gateway].append((time.monotonic(), store))
                last = store
            await asyncio.sleep(0.01)

    def turns(self, begun):
        """When each gateway noticed the fault, and when it asked a Redis again; as far as they have."""
        noticed, back = [], []
        for stores in self.stores.values():
            memory = next((at for at, store in stores if at >= begun and store == "memory"), None)
            redis = next((at for at, store in stores if memory and at >= memory and store == "redis"), None)
            noticed += [memory] if memory else []
            back += [redis] if redis else []
        return noticed, back

    def slowest(self, begin, end):
        return max((took for at, took, _ in self.requests if begin <= at < end), default=0) * 1000

    def lag(self, begin, end):
        return max((late for at, late in self.lags if begin <= at < end), default=0) * 1000

    async def decisions(self, node):
        stats = await ask(node, "INFO", "commandstats") or ""
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in stats.splitlines() if "cmdstat_eval" in line)


async def until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"never came: {what}")
        await asyncio.sleep(0.01)


async def run(port, folder, fault, java, redis, down_after, timeout):
    os.makedirs(folder)
    one = Round(int(port))
    one.start(folder, java, redis, down_after, timeout)
    await asyncio.wait_for(one.whole(), 60)
    tasks = [asyncio.create_task(one.load(gateway)) for gateway in one.gateways for _ in range(CONNECTIONS)]
    tasks += [asyncio.create_task(one.watch_store(gateway)) for gateway in one.gateways]
    tasks.append(asyncio.create_task(one.watch_lag()))
    await asyncio.sleep(6)  # code gets warm
    tasks += [asyncio.create_task(one.watch_sentinel(sentinel)) for sentinel in one.sentinels]
    tasks += [asyncio.create_task(one.insist("192.0.2.1", gateway)) for gateway in one.gateways]
    await asyncio.sleep(0.2)
    before = one.slowest(time.monotonic() - 3, time.monotonic())
    tasks += [asyncio.create_task(one.insist("192.0.2.2", gateway)) for gateway in one.gateways]
    begun = time.monotonic()
    one.old.send_signal(signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
    await until(lambda: len(one.turns(begun)[0]) == GATEWAYS, 10, "the gateways' noticing")
    known = max(one.turns(begun)[0])
    await until(lambda: one.named, 30, "a new master")
    await until(lambda: len(one.turns(begun)[1]) == GATEWAYS, 30, "decisions by the new master")
    decides = max(one.turns(begun)[1])
    await asyncio.sleep(AFTER)
    late = 0
    if fault == "freeze":
        one.old.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.3)  # what it was sent before
        woken = await one.decisions(one.nodes[0])
        await asyncio.sleep(AFTER)
        late = await one.decisions(one.nodes[0]) - woken
    ended = time.monotonic()
    for task in tasks:
        failed = task.done() and not task.cancelled() and task.exception()
        if failed:
            raise failed
        task.cancel()
    statuses = Counter(status for _, _, status in one.requests)
    most = max(one.passed.values())
    wrong = set(statuses) - {200, 429} or most > LIMIT * GATEWAYS or late
    print(
        f"{fault:6} sentinels {1000 * (one.named[0] - begun):5.0f}  decides {1000 * (decides - begun):5.0f}"
        f"  slowest {before:4.0f} before, {one.slowest(begun - 0.1, known):4.0f} until {1000 * (known - begun):3.0f},"
        f" {one.slowest(known, decides):4.0f} meanwhile (own lag {one.lag(known, decides):.0f}), {one.slowest(decides, ended):4.0f} after"
        f"  most {most}  statuses {dict(sorted(statuses.items()))}"
        + (f"  by the old master after its waking {late}" if fault == "freeze" else "")
        + ("  WRONG" if wrong else ""),
        flush=True,
    )
    return 1 if wrong else 0


if sys.argv[1] == "backend":
    asyncio.run(backend(int(sys.argv[2])))
else:
    try:
        sys.exit(asyncio.run(run(*sys.argv[1:])))
    except SystemExit as end:
        if isinstance(end.code, str):
            for name in sorted(os.listdir(sys.argv[2])):
                if name.startswith("gateway"):
                    print(name, open(os.path.join(sys.argv[2], name)).read(), file=sys.stderr)
        raise
    finally:
        for started in PROCESSES:
            started.kill()
            started.wait()
