package gateway.proxy.upstream;

import java.io.IOException;

/** A request's body, which can be read once. */
public interface UpstreamBody {
    /**
     * Begins to send the body: writes what has arrived of it and returns, without waiting for its sender or, for long,
     * for its receiver. The rest follows on another thread, so that the answer can be read meanwhile.
     *
     * @param out the connection to the backend
     * @throws IOException if reading the body failed ({@link #isBroken}) or writing it
     */
    void send(RequestWriter out) throws IOException;

    /** Returns whether reading the body failed, rather than writing it. */
    boolean isBroken();
}
