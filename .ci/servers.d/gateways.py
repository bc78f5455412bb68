"""What stands before the servers: this gateway, or for comparison nginx or HAProxy, told to do the same."""

import os
import pathlib
import re

import processes
import raw

TOP = pathlib.Path(__file__).parents[2]
JAVA = (os.environ["JAVA_HOME"] + "/bin/java") if os.environ.get("JAVA_HOME") else "java"
ADDED = ("via", "x-gateway", "x-backend-service", "x-load-balancer", "x-request-id")  # to answers


class Gateway:
    name = "gateway"

    def __init__(self, folder, ports, ca=None, **settings):
        self.folder, self.ca = folder, ca
        folder.mkdir()
        self.start(ports, settings)

    def start(self, ports, settings):
        env = {"GATEWAY_HOST": "127.0.0.1", "GATEWAY_PORT": "0", "GATEWAY_RATE_LIMIT": "off", "GATEWAY_ACCESS_LOG": "off",
               "GATEWAY_MAX_BODY": "64MB", "GATEWAY_SERVICES": ",".join(f"http://127.0.0.1:{port}" for port in ports)}
        # Little memory, so that it shows if content is kept; no second compiler, since each lives for seconds.
        command = [JAVA, "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{TOP}/target/classes:{TOP}/target/lib/*", "GatewayApp"]
        self.process = processes.Process(self.name, command, self.folder, {**env, **settings})
        ready = re.compile(r"is ready on port (\d+)")
        processes.until(self.name, lambda: ready.search(self.process.said()) or self.process.popen.poll() is not None)
        found = ready.search(self.process.said())
        if not found:
            raise AssertionError(f"the gateway did not start: {self.process.said()}")
        self.port = int(found[1])
        self.until_healthy(len(ports))

    def until_healthy(self, services):
        asked, said = raw.request("GET", "/health", "Connection: close"), f'"healthy_services":{services}'.encode()
        processes.until(f"{services} healthy services", lambda: said in raw.once(self.port, asked, ca=self.ca).body)

    def add(self, port, before):
        """One more server, while it serves."""
        body = b'{"name":"second","url":"http://127.0.0.1:%d"}' % port
        raw.once(self.port, raw.request("POST", "/services", "Content-Type: application/json", "Connection: close", body=body))
        self.until_healthy(len(before) + 1)

    def end(self):
        self.process.end()


class Peer(Gateway):
    """Configured anew for each list of servers."""

    def start(self, ports, settings):
        self.port = processes.port()
        conf = self.folder / "conf"
        conf.write_text(self.configuration(ports))
        self.process = processes.Process(self.name, [word.format(conf=conf) for word in self.command], self.folder)
        self.process.until_listening(self.port)

    def add(self, port, before):
        self.end()
        self.start([*before, port], {})


class Nginx(Peer):
    name = "nginx as a gateway"
    command = ("nginx", "-c", "{conf}")

    def configuration(self, ports):
        servers = " ".join(f"server 127.0.0.1:{port};" for port in ports)
        return f"""daemon off; user root; pid {self.folder}/pid; error_log stderr; events {{ worker_connections 1024; }}
http {{ access_log off; client_body_temp_path {self.folder}/bodies; proxy_temp_path {self.folder}/answers;
upstream servers {{ {servers} keepalive 100; }}
server {{ listen 127.0.0.1:{self.port} backlog=511; client_max_body_size 64m;
location /api/ {{ proxy_pass http://servers/; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_request_buffering off; }} }} }}
"""


class Haproxy(Peer):
    name = "HAProxy as a gateway"
    command = ("haproxy", "-db", "-f", "{conf}")

    def configuration(self, ports):
        servers = "\n".join(f"  server s{port} 127.0.0.1:{port} check inter 2s" for port in ports)
        return f"""defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  retries 3
  option redispatch
frontend in
  bind 127.0.0.1:{self.port}
  http-request replace-path /api(/.*) \\1
  default_backend servers
backend servers
  option httpchk GET /health
{servers}
"""


KINDS = {"gateway": Gateway, "nginx": Nginx, "haproxy": Haproxy}
