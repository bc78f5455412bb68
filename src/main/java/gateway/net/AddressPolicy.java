package gateway.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a service may register a URL, by all addresses to which its host resolves now. A slow name server
 * doesn't delay the registration for long: a host that doesn't resolve in time is let through here, since {@link
 * ServiceSockets} checks each address again when it connects.
 */
public final class AddressPolicy {
    private final ServiceAddresses addresses;
    private final NameLookup names;
    private final Duration patience;

    /**
     * @param addresses the addresses that services may have
     * @param patience how long a registration may wait for a name server
     */
    public AddressPolicy(ServiceAddresses addresses, NameLookup names, Duration patience) {
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
            return names.find(host, patience);
        } catch (UnknownHostException e) {
            return List.of(); // its first health check will report that it can't be reached
        }
    }
}
