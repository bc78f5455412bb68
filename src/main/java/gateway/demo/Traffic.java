package gateway.demo;

import gateway.lifecycle.Launch;
import gateway.net.ServiceUrl;
import gateway.service.ServiceSettings;
import gateway.settings.CommandLine;
import gateway.settings.InvalidSettings;
import gateway.settings.Setting;
import gateway.settings.SettingGroup;
import gateway.settings.SettingNames;
import gateway.util.Pauses;
import gateway.util.Threads;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Sends the gateway light traffic for {@code ./run.sh demo}: the requests of {@link Plan}, each client from its own
 * address in 127.0.0.0/8, which is why it uses plain sockets. It goes on while the gateway is down. The dashboard shows
 * the answers; the log says only when the gateway can't be reached, and when it is back.
 */
public final class Traffic implements AutoCloseable {
    private static final Setting<String> GATEWAY =
            new Setting<>("GATEWAY_URL", "http://localhost:8000", "gateway to send the traffic to", text -> text);
    private static final CommandLine COMMAND_LINE = new CommandLine(
            "gateway/demo/Traffic",
            "Traffic",
            List.of(),
            false,
            new SettingNames("TRAFFIC_", List.of(new SettingGroup("Target", List.of(GATEWAY))), List.of()));
    private static final int CONNECT_MILLIS = 2_000;
    private static final int SILENCE_MILLIS = 60_000;
    private static final int MOST_AT_ONCE = 50;

    private final ServiceUrl gateway;
    private final Consumer<String> log;
    private final Pauses pauses = new Pauses();
    private boolean reached = true;
    private boolean ownAddresses = true;

    /** @param log receives the few lines to log */
    public Traffic(ServiceUrl gateway, Consumer<String> log) {
        this.gateway = gateway;
        this.log = log;
    }

    public static void main(String[] arguments) {
        Launch.main(COMMAND_LINE, arguments, () -> {
            ServiceUrl gateway = ServiceSettings.from(System.getenv(), List.of(), 0)
                    .gateways()
                    .get(0);
            if (!gateway.scheme().equals("http")) {
                throw new InvalidSettings(List.of(
                        "GATEWAY_URL=" + gateway + ": expected http://, the only scheme that the traffic supports"));
            }
            Traffic traffic = new Traffic(gateway, LoggerFactory.getLogger(Traffic.class)::info);
            new Thread(traffic::run, "traffic").start();
            return traffic::close;
        });
    }

    /** Sends requests when they are due, until closed. */
    void run() {
        // While this many requests wait for answers, further ones are skipped.
        Executor senders = new ThreadPoolExecutor(
                0,
                MOST_AT_ONCE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Threads.daemons("sender"),
                new ThreadPoolExecutor.DiscardPolicy());
        Plan plan = new Plan(new SplittableRandom(), System.nanoTime());
        log.accept("A few requests a second to " + gateway + ", from " + (Plan.POLITE + Plan.GREEDY) + " addresses");
        try {
            while (true) {
                Plan.Request request = plan.next(System.nanoTime());
                if (!pauses.pause(Duration.ofNanos(request.at() - System.nanoTime()))) {
                    return;
                }
                senders.execute(() -> send(request));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends {@link #run}; the requests under way are left to themselves. */
    @Override
    public void close() {
        pauses.close();
    }

    /** Sends a request on a new connection and reads the answer, whatever it is. */
    public void send(Plan.Request request) {
        try (Socket socket = new Socket()) {
            if (!connect(socket, request.from())) {
                return;
            }
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.getOutputStream().write(bytes(request));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the answer breaks off or doesn't come: the dashboard shows it
        }
    }

    private boolean connect(Socket socket, String from) {
        try {
            InetAddress to = InetAddress.getByName(gateway.host());
            bind(socket, from, to);
            socket.connect(new InetSocketAddress(to, gateway.port()), CONNECT_MILLIS);
            reached(true, "");
            return true;
        } catch (UnknownHostException e) {
            reached(false, "unknown host " + e.getMessage());
        } catch (IOException e) {
            reached(false, e.getMessage());
        }
        return false;
    }

    /** Binds to the client's address, where the system allows that: Linux does, macOS doesn't. */
    private void bind(Socket socket, String from, InetAddress to) throws IOException {
        if (!usesOwnAddresses()) {
            return;
        }
        if (!(to instanceof Inet4Address) || !to.isLoopbackAddress()) {
            useOneAddress(gateway.host() + " can't be reached from an address like " + from);
            return;
        }
        try {
            socket.bind(new InetSocketAddress(from, 0));
        } catch (BindException e) {
            useOneAddress("this system has no address like " + from);
        }
    }

    private byte[] bytes(Plan.Request request) {
        String body = request.body().isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: "
                        + request.body().length() + "\r\n";
        return (request.method() + " " + gateway.path() + request.path() + " HTTP/1.1\r\nHost: " + gateway.authority()
                        + "\r\nUser-Agent: demo\r\nConnection: close\r\n" + body + "\r\n" + request.body())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private synchronized boolean usesOwnAddresses() {
        return ownAddresses;
    }

    private synchronized void useOneAddress(String reason) {
        if (ownAddresses) {
            ownAddresses = false;
            log.accept("All requests come from one address: " + reason
                    + "; GATEWAY_RATE_LIMIT=150/60s lets more of them pass");
        }
    }

    private synchronized void reached(boolean now, String reason) {
        if (now != reached) {
            reached = now;
            log.accept(
                    now
                            ? "The gateway at " + gateway + " is back"
                            : "The gateway at " + gateway + " can't be reached (" + reason + "); will retry");
        }
    }
}
