package gateway.proxy.upstream;

import java.io.IOException;
import java.io.OutputStream;

/** A request's body, which can be read once. */
public interface UpstreamBody {
    /** Returns the number of its bytes, at least 1; negative if only its end will tell. */
    long length();

    /**
     * Writes the whole body.
     *
     * @param out the connection to the backend, buffered: what must arrive now has to be flushed
     * @throws IOException if reading the body failed ({@link #isBroken}) or writing it
     */
    void writeTo(OutputStream out) throws IOException;

    /** Returns whether {@link #writeTo} failed at reading the body rather than at writing it. */
    boolean isBroken();
}
