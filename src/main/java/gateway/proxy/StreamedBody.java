package gateway.proxy;

import gateway.proxy.upstream.UpstreamBody;
import gateway.settings.Bounds;
import gateway.util.Time;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A request's body, passed on as it arrives. Reading it is what makes Jetty answer {@code Expect: 100-continue}, so the
 * client sends it only once a backend is there to take it.
 */
final class StreamedBody implements UpstreamBody {
    private static final int CHUNK_BYTES = 8 * 1024;

    private final ClientRequest request;
    private final Exchange exchange;
    private final Bounds bounds;
    private final Time time;

    StreamedBody(ClientRequest request, Exchange exchange, Bounds bounds, Time time) {
        this.request = request;
        this.exchange = exchange;
        this.bounds = bounds;
        this.time = time;
    }

    @Override
    public long length() {
        return request.length;
    }

    @Override
    public boolean isBroken() {
        return exchange.clientFailure() != null;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        exchange.bodyConsumed();
        BoundedBody body = new BoundedBody(request, exchange, bounds, time);
        try {
            pass(body, out);
        } finally {
            body.end();
        }
        exchange.clientIsIdle();
    }

    private void pass(BoundedBody body, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        while (true) {
            int length = read(body, chunk);
            exchange.waitForBackend();
            if (length < 0) {
                break;
            }
            out.write(chunk, 0, length);
            if (!body.hasMore()) {
                out.flush(); // a slow sender's bytes must not wait for more
            }
        }
    }

    private int read(BoundedBody body, byte[] chunk) throws IOException {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            throw exchange.clientFailed(e);
        } catch (RuntimeException e) { // thrown by Jetty for a body that isn't valid HTTP
            throw exchange.clientFailed(new IOException(e));
        }
    }
}
