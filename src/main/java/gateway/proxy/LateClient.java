package gateway.proxy;

import gateway.server.ClientSide;
import java.time.Duration;

/**
 * A client that has missed its deadline. What waits for it is failed, again and again while it waits; if that doesn't end
 * the wait, its connection is closed. Used by the timer's thread.
 */
final class LateClient {
    /** How long the reset of a stream may take to leave the gateway; then its connection takes nothing any more. */
    private static final Duration RESET_TIME = Duration.ofSeconds(5);

    private final Exchange.Client client;
    private final ClientSide side;
    private boolean wasLate;
    private long lateSince; // 0 while it isn't late

    /** @param side what its request came on; null if that can't be closed */
    LateClient(Exchange.Client client, ClientSide side) {
        this.client = client;
        this.side = side;
    }

    /** Fails what waits for it. */
    void fail(long now) {
        client.missedDeadline(!wasLate);
        wasLate = true;
        if (lateSince == 0) {
            lateSince = now | 1;
        } else if (side != null && now - lateSince >= RESET_TIME.toNanos()) {
            side.closeConnection(); // by HTTP/2 what waits fails only once the stream's reset has been written
        }
    }

    /** Notes that nothing waits for it too long. */
    void isInTime() {
        lateSince = 0;
    }
}
