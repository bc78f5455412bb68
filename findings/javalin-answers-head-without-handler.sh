#!/usr/bin/env bash
# Javalin 7.2.3: HEAD on a path that has only a GET route is answered 200 without running the route's handler.
#
# Expected: what GET answers, without the content (RFC 9110, 9.3.2), since the framework answers HEAD by itself.
# Seen: the handler sets status 500 and a header; GET gets both, HEAD gets 200 and no header, and the handler never ran.
# For a gateway: a health check by HEAD finds such a service healthy whatever its /health says.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages io.javalin:javalin:7.2.3 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen "GET 500, X-Why: database, handler ran 1 times" "HEAD 200, X-Why: none, handler ran 0 times"
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.*;
import java.util.concurrent.atomic.AtomicInteger;

public class Main {
    public static void main(String[] arguments) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Javalin app = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.routes.get("/health", ctx -> {
                runs.incrementAndGet();
                ctx.status(500).header("X-Why", "database");
            });
        }).start(0);
        HttpClient client = HttpClient.newHttpClient();
        for (String method : new String[] {"GET", "HEAD"}) {
            int before = runs.get();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/health"))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<Void> answer = client.send(request, HttpResponse.BodyHandlers.discarding());
            System.out.println(method + " " + answer.statusCode() + ", X-Why: "
                    + answer.headers().firstValue("X-Why").orElse("none") + ", handler ran " + (runs.get() - before) + " times");
        }
        app.stop();
    }
}
JAVA
