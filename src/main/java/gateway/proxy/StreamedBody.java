package gateway.proxy;

import gateway.settings.Bounds;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.LongSupplier;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A request's body, passed on as it arrives. Reading it is what makes Jetty answer {@code Expect: 100-continue}, so the
 * client sends it only once a backend is there to take it.
 */
final class StreamedBody extends RequestBody {
    private static final int CHUNK_BYTES = 8 * 1024;

    private final HttpServletRequest request;
    private final Exchange attempt;
    private final Bounds bounds;
    private final LongSupplier nanos;

    StreamedBody(HttpServletRequest request, Exchange attempt, Bounds bounds, LongSupplier nanos) {
        this.request = request;
        this.attempt = attempt;
        this.bounds = bounds;
        this.nanos = nanos;
    }

    @Override
    public MediaType contentType() {
        return null; // the client's own header is passed on as it is
    }

    @Override
    public long contentLength() {
        return request.getContentLengthLong();
    }

    /** It can be read once: OkHttp must never send it again by itself. */
    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        attempt.bodyConsumed();
        BoundedBody body = new BoundedBody(request, attempt, bounds, nanos);
        try {
            pass(body, sink);
        } finally {
            body.end();
        }
        attempt.clientIsIdle();
    }

    private void pass(BoundedBody body, BufferedSink sink) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        while (true) {
            int length = read(body, chunk);
            attempt.waitForBackend(nanos.getAsLong());
            if (length < 0) {
                break;
            }
            sink.write(chunk, 0, length);
            if (!body.hasMore()) {
                sink.flush(); // a slow sender's bytes shall not wait for more of them
            }
        }
    }

    private int read(BoundedBody body, byte[] chunk) throws IOException {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            throw attempt.clientFailed(e);
        } catch (RuntimeException e) { // Jetty's word for a body that isn't valid HTTP
            throw attempt.clientFailed(new IOException(e));
        }
    }
}
