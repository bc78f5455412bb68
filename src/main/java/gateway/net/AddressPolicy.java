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
 * Decides whether a service may register a URL, by all addresses to which its host resolves now. A slow name server
 * doesn't delay the registration for long: a host that doesn't resolve in time is let through here, since {@link
 * ServiceSockets} checks each address again when it connects.
 */
public final class AddressPolicy {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The most look-ups at a time, since they can't be cancelled; beyond that, hosts aren't looked up. */
    private static final int MOST_LOOKUPS = 8;

    /** Resolves a host name. */
    interface Names {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    private final ServiceAddresses addresses;
    private final Names names;
    private final Duration patience;
    private final ExecutorService lookups = new ThreadPoolExecutor(
            0, MOST_LOOKUPS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Threads.daemons("name-lookup"));

    /** @param addresses the addresses that services may have */
    public AddressPolicy(ServiceAddresses addresses) {
        this(addresses, InetAddress::getAllByName, PATIENCE);
    }

    AddressPolicy(ServiceAddresses addresses, Names names, Duration patience) {
        this.addresses = addresses;
        this.names = names;
        this.patience = patience;
    }

    /**
     * Returns why the URL isn't allowed; empty if nothing is known against it.
     *
     * @param ports the gateway's own ports, on which no service can be
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
            return List.of(); // its first health check will report that it can't be reached
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
