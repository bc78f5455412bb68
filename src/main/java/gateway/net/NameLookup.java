package gateway.net;

import gateway.util.Threads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds the addresses of the hosts of services, and waits for a name server no longer than it is told to. A look-up
 * can't be cancelled, so each has a thread of its own: at most {@value #MOST_AT_A_TIME}, and one for each host, however
 * many wait for it. More wait for a thread, as long as their patience lasts.
 *
 * <p>Patience counts from the beginning of the look-up. So nobody waits for one that has already taken longer than
 * that: while a name server is down, what needs it fails at once instead of one after the other.
 */
public final class NameLookup {
    /** Resolves a name, as {@link InetAddress#getAllByName} does. */
    public interface Resolver {
        /** Returns the addresses of a host, at least one; may take long. */
        InetAddress[] find(String host) throws UnknownHostException;
    }

    /** The name server didn't answer in time; whether the host exists isn't known. */
    public static final class TimedOut extends UnknownHostException {
        private static final long serialVersionUID = 1;

        private TimedOut(String host) {
            super("the look-up of " + host + " timed out");
        }
    }

    /** A look-up under way, for all who wait for it. */
    private static final class Lookup {
        private final long begunAt = System.nanoTime(); // a real wait, so not the gateway's clock
        private final AtomicLong patience = new AtomicLong(); // the longest of all, nanoseconds
        private final CompletableFuture<InetAddress[]> found = new CompletableFuture<>();

        private long nanosLeft(long patience) {
            return patience - (System.nanoTime() - begunAt);
        }
    }

    private static final int MOST_AT_A_TIME = 32;
    private static final int MOST_QUEUED = 10_000;

    private final Resolver resolver;
    private final ThreadPoolExecutor threads;
    private final ConcurrentHashMap<String, Lookup> underWay = new ConcurrentHashMap<>();

    /** Makes one that asks the system, and keeps no addresses beyond what Java itself keeps. */
    public NameLookup() {
        this(InetAddress::getAllByName);
    }

    /** Makes one that asks this resolver. */
    public NameLookup(Resolver resolver) {
        this.resolver = resolver;
        this.threads = new ThreadPoolExecutor(
                MOST_AT_A_TIME,
                MOST_AT_A_TIME,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_QUEUED),
                Threads.daemons("name-lookup"));
        this.threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Returns the addresses of a host.
     *
     * @param patience how long the look-up may take
     * @throws TimedOut if it takes longer
     * @throws UnknownHostException if the host has no address
     */
    public List<InetAddress> find(String host, Duration patience) throws UnknownHostException {
        if (host.equals("localhost")) {
            return List.of(resolver.find(host)); // asks no server
        }
        Lookup lookup = lookup(host, patience);
        lookup.patience.accumulateAndGet(patience.toNanos(), Math::max);
        try {
            return List.of(lookup.found.get(Math.max(0, lookup.nanosLeft(patience.toNanos())), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new TimedOut(host);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TimedOut ? new TimedOut(host) : new UnknownHostException(host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimedOut(host);
        }
    }

    private Lookup lookup(String host, Duration patience) throws TimedOut {
        try {
            return underWay.computeIfAbsent(host, any -> begin(host, patience));
        } catch (RejectedExecutionException e) { // the name server hasn't kept up for long
            throw new TimedOut(host);
        }
    }

    private Lookup begin(String host, Duration patience) {
        Lookup lookup = new Lookup();
        lookup.patience.set(patience.toNanos());
        threads.execute(() -> run(host, lookup));
        return lookup;
    }

    private void run(String host, Lookup lookup) {
        try {
            if (lookup.nanosLeft(lookup.patience.get()) <= 0) { // nobody waits for it any more
                throw new TimedOut(host);
            }
            lookup.found.complete(resolver.find(host));
        } catch (UnknownHostException | RuntimeException | Error e) {
            lookup.found.completeExceptionally(e);
        } finally {
            underWay.remove(host, lookup);
        }
    }
}
