package gateway.balance;

import gateway.client.ClientAddress;
import gateway.util.Hash64;

/** What of a request is hashed: requests with the same key go to the same backend. */
public interface HashKey {
    /** Returns the key of a request. */
    long of(RequestView request);

    /** Returns the key of a client: its IPv4 address, or the /64 of an IPv6 address. */
    static HashKey client() {
        return request -> Hash64.of(ClientAddress.of(request.client()).key());
    }

    /** Returns the key of a header's first value; a request without it, or with an empty one, has its client's. */
    static HashKey header(String name) {
        HashKey client = client();
        return request -> {
            String value = request.header(name);
            return value == null || value.isEmpty() ? client.of(request) : Hash64.of(value);
        };
    }
}
