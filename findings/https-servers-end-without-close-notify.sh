#!/usr/bin/env bash
# gunicorn 26.2.0, the HttpsServer of JDK 17, http.server of Python 3.11 in an SSLContext: end an answer that only its end delimits
# without TLS's close_notify.
#
# Expected: a server closes with close_notify (RFC 9112, 9.8: MUST attempt it; RFC 8446, 6.1), above all here: an answer to a client
# of HTTP/1.0 that has no length is whole only if close_notify comes. Node, puma, Tomcat and nginx send it.
# Seen: all three close the TCP connection alone, at each of its ends. wget (GnuTLS) and Ruby's Net::HTTP take such an answer for
# broken off, curl, Node, Go, Java's SSLSocket and Python's urllib for whole, as they do a cut one.
# For a gateway: what checks for close_notify, as it must, has to ask by HTTP/1.1, where gunicorn and the JDK send chunks; with
# nginx's default, HTTP/1.0 to services, it would refuse them all. Give answers a Content-Length.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem >openssl.log 2>&1
openssl pkcs12 -export -in cert.pem -inkey key.pem -out both.p12 -passout pass:changeit
python3 -m pip install -q --disable-pip-version-check --target packages gunicorn==26.2.0 >pip.log 2>&1 || { cat pip.log; exit 3; }

# What comes of a GET by this version of HTTP, and how it ends.
cat >ask.py <<'PY'
import socket, ssl, sys

wire = ssl.create_default_context(cafile="cert.pem").wrap_socket(
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 10), server_hostname="localhost", suppress_ragged_eofs=False)
wire.sendall(b"GET /answer HTTP/%s\r\nHost: localhost\r\nConnection: close\r\n\r\n" % sys.argv[3].encode())
got, end = b"", "close_notify"
try:
    while more := wire.recv(4096):
        got += more
except ssl.SSLEOFError:
    end = "no close_notify"
head, _, content = got.lower().partition(b"\r\n\r\n")
delimited = "length" if b"content-length" in head else "chunks" if b"chunked" in head else "neither length nor chunks"
print(sys.argv[1], "to HTTP/" + sys.argv[3], "|", delimited, "|", end)
PY
ask() {
  python3 ask.py "$1" "$PORT" 1.0
  python3 ask.py "$1" "$PORT" 1.1
}
{
  cat >app.py <<'PY'
def app(environment, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return iter([b"first half, ", b"second half"])
PY
  free_port
  PYTHONPATH=packages python3 -m gunicorn -b "127.0.0.1:$PORT" --keyfile key.pem --certfile cert.pem app:app >gunicorn.log 2>&1 &
  STARTED+=($!)
  until_listening
  ask gunicorn

  java_server <<'JAVA'
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

public class Main {
    public static void main(String[] arguments) throws Exception {
        char[] password = "changeit".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(new FileInputStream("both.p12"), password);
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, password);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0); // 0: of any length
            exchange.getResponseBody().write("first half, second half".getBytes());
            exchange.close();
        });
        server.start();
        System.out.println(server.getAddress().getPort());
    }
}
JAVA
  ask JDK

  python_server <<'PY'
import http.server, ssl

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"first half, second half")

    def log_message(self, *arguments):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PY
  ask http.server
} | expect_seen \
  "gunicorn to HTTP/1.0 | neither length nor chunks | no close_notify" "gunicorn to HTTP/1.1 | chunks | no close_notify" \
  "JDK to HTTP/1.0 | neither length nor chunks | no close_notify" "JDK to HTTP/1.1 | chunks | no close_notify" \
  "http.server to HTTP/1.0 | neither length nor chunks | no close_notify" \
  "http.server to HTTP/1.1 | neither length nor chunks | no close_notify"
