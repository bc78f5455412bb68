package gateway.net;

import gateway.util.Threads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether a service may register a URL, by all addresses that its host stands for now. Nobody waits for a slow name
 * server: what isn't known in time is let through here, and looked at by {@link ServiceSockets}, as everything is again.
 */
public final class AddressPolicy {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** A look-up can't be ended, so there are never more of them than this; what doesn't fit isn't looked up. */
    private static final int MOST_LOOKUPS = 8;

    /** Finds what a host name stands for. */
    interface Names {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    private final ServiceAddresses addresses;
    private final Names names;
    private final Duration patience;
    private final ExecutorService lookups = new ThreadPoolExecutor(
            0, MOST_LOOKUPS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Threads.daemons("name-lookup"));

    /** @param addresses where services may be */
    public AddressPolicy(ServiceAddresses addresses) {
        this(addresses, InetAddress::getAllByName, PATIENCE);
    }

    AddressPolicy(ServiceAddresses addresses, Names names, Duration patience) {
        this.addresses = addresses;
        this.names = names;
        this.patience = patience;
    }

    /**
     * What is wrong with the URL, in words; empty if nothing is known to be.
     *
     * @param ports the gateway's own, at which no service can be
     */
    public Optional<String> objection(ServiceUrl url, Set<Integer> ports) {
        for (InetAddress address : addressesOf(url.host())) {
            Optional<String> objection = addresses.objection(url, address, ports);
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
    }

    private List<InetAddress> addressesOf(String host) {
        Optional<InetAddress> literal = Networks.address(host);
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        try {
            Future<InetAddress[]> found = lookups.submit(() -> names.find(host));
            return List.of(found.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            return List.of(); // its first check will say that it can't be reached
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
