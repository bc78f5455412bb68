#!/usr/bin/env bash
# Javalin 7.2.3: each path that is registered costs each request, also one that a before-handler has ended.
#
# Expected: after skipRemainingHandlers() in a before-handler, nothing is looked up; nor for beforeMatched if there is none.
# Seen: with 1,000 GET paths such a request allocates more than twice what it does with none, and with 100 already more:
# the tasks of all stages are made before the first runs, and the one of beforeMatched tries the regular expression of every
# path, though no such handler is registered.
# For a gateway: what is forwarded by a before-handler pays for each path of the gateway's own API. Take the two stages
# round the match out of the servlet's lifecycle (config.unsafe), and leave the third out for requests that are forwarded.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

java_from 21 # whose count of bytes allocated by all threads is exact
maven_packages io.javalin:javalin:7.2.3 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen "100 paths: dearer by more than 2000 bytes: true" "1000 paths: dearer than twice that of none: true"
import com.sun.management.ThreadMXBean;
import io.javalin.Javalin;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;

public class Main {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public static void main(String[] arguments) throws Exception {
        long none = bytes(0);
        System.out.println("100 paths: dearer by more than 2000 bytes: " + (bytes(100) > none + 2000));
        System.out.println("1000 paths: dearer than twice that of none: " + (bytes(1000) > 2 * none));
        System.exit(0);
    }

    /** The least that any of many equal requests allocated. */
    private static long bytes(int paths) throws Exception {
        Javalin app = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.routes.before(ctx -> ctx.result("done").skipRemainingHandlers());
            for (int i = 0; i < paths; i++) {
                config.routes.get("/path/" + i, ctx -> {});
            }
        }).start("127.0.0.1", 0);
        long least = Long.MAX_VALUE;
        try (Socket socket = new Socket("127.0.0.1", app.port())) {
            InputStream in = socket.getInputStream();
            for (int i = 0; i < 300; i++) {
                long before = THREADS.getTotalThreadAllocatedBytes();
                socket.getOutputStream().write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("done")) {
                    answer.append((char) in.read());
                }
                least = Math.min(least, THREADS.getTotalThreadAllocatedBytes() - before);
            }
        }
        app.stop();
        return least;
    }
}
JAVA
