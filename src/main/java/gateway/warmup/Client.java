package gateway.warmup;

import java.io.IOException;

/** A connection to the gateway that warms up, on which requests go out in bursts. */
interface Client extends AutoCloseable {
    /** Sends its requests. */
    void send() throws IOException;

    /**
     * Reads the answers to them.
     *
     * @return how many there were
     * @throws IOException if one isn't 200, or none comes in time
     */
    int receive() throws IOException;

    @Override
    void close() throws IOException;
}
