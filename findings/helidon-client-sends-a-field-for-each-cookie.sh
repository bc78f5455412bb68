#!/usr/bin/env bash
# Helidon WebClient 4.5.0: sends each cookie in a Cookie field of its own, by HTTP/1.1.
#
# Expected: one Cookie field with all of them, "a=1; b=2" (RFC 6265, 5.4: never more than one). Several are for HTTP/2 and 3 only
# (RFC 9113, 8.2.3), and even there are joined before they are passed on by HTTP/1.1.
# Seen: two cookies, two fields. Python's http.server, like much software that asks for "the" Cookie field, finds the first.
# For a gateway: read all Cookie fields for one of your own, and join them with "; " for the service, by HTTP/1.1 too.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21
maven_packages io.helidon.webclient:helidon-webclient:4.5.0 org.slf4j:slf4j-simple:2.0.17
python_server <<'PY'
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        content = ("fields: %s, the first: %s" % (self.headers.get_all("Cookie"), self.headers["Cookie"])).encode()
        self.send_response(200)
        for cookie in ("a=1; Path=/", "b=2; Path=/"):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
java_main <<'JAVA' | expect_seen "fields: ['a=1', 'b=2'], the first: a=1"
import io.helidon.webclient.api.WebClient;
import java.net.CookiePolicy;
import java.nio.file.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        WebClient client = WebClient.builder()
                .cookieManager(cookies -> cookies.automaticStoreEnabled(true).cookiePolicy(CookiePolicy.ACCEPT_ALL))
                .build();
        String url = "http://127.0.0.1:" + Files.readString(Path.of("port")).trim() + "/";
        client.get(url).requestEntity(String.class);
        System.out.println(client.get(url).requestEntity(String.class));
    }
}
JAVA
