package gateway.warmup;

import gateway.settings.Settings;
import gateway.util.Pauses;
import gateway.util.Threads;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM load and compile what a request runs through, before the gateway listens: a JVM begins by interpreting, and
 * serves a hundredth of what it serves later.
 *
 * <p>Requests go through a second gateway of the same process, a twin at a port of its own, which is then stopped. It runs
 * the same code, which is all that the JVM compiles, but shares no state with the gateway: its counts, limits, traces, list
 * of services and events are gone with it, and it knows nothing of Redis. Meanwhile nothing is logged. Only this process
 * can use it: changes at it take a token that nobody else knows, as do requests to its one {@link LoopbackService}.
 *
 * <p>Whatever goes wrong, the gateway starts all the same, only colder.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** How long, beside the time of the setting, all else may take, and each wait for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int CONNECTIONS = 16;
    private static final int TOKEN_BYTES = 16;

    /**
     * How long requests are sent, then how long none are. The compilers need CPU time, too: on one core, requests without a
     * rest would take it from them, to run longer what isn't compiled yet.
     */
    private static final Duration BURST = Duration.ofMillis(10);

    private static final Duration REST = Duration.ofMillis(10);

    private final Settings settings;
    private final Function<Settings, Javalin> gateway;
    private final String token;
    private final Pauses rests = new Pauses(); // closed when it is over, or given up
    private int answered;
    private volatile String failure = "it took too long"; // null once it has ended well; orders answered, too

    private WarmUp(Settings settings, Function<Settings, Javalin> gateway) {
        this.settings = settings;
        this.gateway = gateway;
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        this.token = HexFormat.of().formatHex(random);
    }

    /**
     * Warms up for as long as the settings say; logs if that fails.
     *
     * @param settings the gateway's
     * @param gateway creates a gateway, unstarted; called once, with other settings
     * @return how many requests were answered; 0 if it failed or is off
     */
    public static int run(Settings settings, Function<Settings, Javalin> gateway) {
        return run(settings, gateway, PATIENCE);
    }

    /** @param patience how much longer than the settings say it may take in all */
    static int run(Settings settings, Function<Settings, Javalin> gateway, Duration patience) {
        if (settings.warmUp().isZero()) {
            return 0;
        }
        WarmUp warmUp = new WarmUp(settings, gateway);
        PrintStream output = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try {
            Thread thread = Threads.daemons("warm-up").newThread(warmUp::run);
            thread.start();
            thread.join(settings.warmUp().plus(patience).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            warmUp.rests.close();
            System.setOut(output);
        }
        String failure = warmUp.failure;
        if (failure != null) {
            LOG.warn("Warming up failed, so the first requests will be slower: {}", failure);
            return 0;
        }
        return warmUp.answered;
    }

    private void run() {
        try (LoopbackService service = new LoopbackService(token)) {
            Javalin twin = gateway.apply(settingsOfTwin(service.port())).start();
            try {
                load(new OwnSockets(twin.port(), PATIENCE));
            } finally {
                twin.stop();
            }
            failure = null;
        } catch (Exception | LinkageError e) {
            failure = e.toString();
        }
    }

    /** Returns settings with which requests run through the same code as in the gateway, and nothing else happens. */
    private Settings settingsOfTwin(int servicePort) {
        Map<String, String> texts = new HashMap<>(Map.of(
                "GATEWAY_HOST",
                "127.0.0.1",
                "GATEWAY_PORT",
                "0",
                "GATEWAY_SERVICES",
                "http://127.0.0.1:" + servicePort,
                "GATEWAY_RATE_LIMIT",
                settings.rateLimit().isPresent() ? "1000000/1s" : "off",
                "GATEWAY_ACCESS_LOG",
                settings.accessLog()
                        .map(form -> form.name().toLowerCase(Locale.ROOT))
                        .orElse("off"),
                "GATEWAY_ADMIN_TOKEN",
                token,
                "GATEWAY_WARM_UP",
                "0s"));
        settings.tls().ifPresent(tls -> {
            texts.put("GATEWAY_TLS_CERT", tls.certificate().toString());
            texts.put("GATEWAY_TLS_KEY", tls.key().toString());
        });
        return Settings.from(texts);
    }

    /** Sends requests until the time is over. */
    private void load(OwnSockets sockets) throws IOException, GeneralSecurityException, InterruptedException {
        Deque<Client> clients = new ArrayDeque<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(connect(sockets, i));
            }
            long end = System.nanoTime() + settings.warmUp().toNanos();
            for (int burst = 0; System.nanoTime() - end < 0 && rests.pause(REST); burst++) {
                long endOfBurst = System.nanoTime() + BURST.toNanos();
                do {
                    exchange(clients);
                } while (System.nanoTime() - endOfBurst < 0);
                clients.remove().close(); // new connections are to be fast, too, above all their handshakes
                clients.add(connect(sockets, burst));
            }
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    /** Returns a new connection: with TLS, every second one has HTTP/2. */
    private Client connect(OwnSockets sockets, int number) throws IOException {
        if (settings.tls().isEmpty()) {
            return new Http1Client(sockets.plain(), token);
        }
        return number % 2 == 0
                ? new Http2Client(sockets.tls("h2"), token)
                : new Http1Client(sockets.tls("http/1.1"), token);
    }

    /** Has requests on all connections at the same time. */
    private void exchange(Iterable<Client> clients) throws IOException {
        for (Client client : clients) {
            client.send();
        }
        for (Client client : clients) {
            answered += client.receive();
        }
    }
}
