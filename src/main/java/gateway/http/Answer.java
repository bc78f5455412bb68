package gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * The answer to a request, as it is being made at Jetty's core, below the servlet layer, which costs some microseconds a
 * request.
 *
 * <p>The last part of a body is kept until {@link #complete}, and is sent together with what is left: so a small answer
 * is one write, and the client has it whole only when everything that belongs to it has been done. Until then, nothing of
 * it may have been sent, and it can still become another answer. Used by one thread at a time; writes wait until the
 * client has taken what is written.
 */
public final class Answer {
    private static final HttpField CLOSE = new HttpField(HttpHeader.CONNECTION, "close");

    private final Response response;
    private byte[] last;
    private boolean ended;
    private Runnable whenTaken; // null for nothing

    public Answer(Response response) {
        this.response = response;
    }

    /** Returns its header fields, to be changed until {@link #isCommitted}. */
    public HttpFields.Mutable fields() {
        return response.getHeaders();
    }

    /** Sets its status, 100 to 999. */
    public void status(int status) {
        response.setStatus(status);
    }

    /** Returns whether its head has been sent, or is just being sent. */
    public boolean isCommitted() {
        return response.isCommitted();
    }

    /** Announces that the connection ends after it: what the client sends meanwhile isn't read. */
    public void closesConnection() {
        fields().put(CLOSE);
    }

    /** Sets the supplier of the trailers, which makes the body chunked. To be called before any of the body is sent. */
    public void trailers(Supplier<HttpFields> trailers) {
        response.setTrailersSupplier(trailers);
    }

    /**
     * Sends its head now, if that hasn't been done: the body may begin much later.
     *
     * @throws IOException if the client has left
     */
    public void sendHead() throws IOException {
        if (!response.isCommitted()) {
            Content.Sink.write(response, false, BufferUtil.EMPTY_BUFFER);
        }
    }

    /**
     * Sends a part of the body.
     *
     * @param isLast whether it is the last one, which is kept until {@link #complete}
     * @throws IOException if the client has left
     */
    public void write(byte[] bytes, int from, int count, boolean isLast) throws IOException {
        if (isLast) {
            last = Arrays.copyOfRange(bytes, from, from + count);
        } else {
            Content.Sink.write(response, false, ByteBuffer.wrap(bytes, from, count));
        }
    }

    /** Makes this its whole body, instead of one that was kept. */
    void body(byte[] whole) {
        fields().put(HttpHeader.CONTENT_LENGTH, whole.length);
        last = whole;
    }

    /**
     * Sends all that is left. Nothing may be sent any more.
     *
     * @throws IOException if the client has left
     */
    public void end() throws IOException {
        if (!ended) {
            ended = true;
            Content.Sink.write(response, true, rest());
        }
    }

    /** Sets what to call when the client has taken the answer, or will take no more of it. Must not wait. */
    public void whenTaken(Runnable step) {
        whenTaken = step;
    }

    /**
     * Sends all that is left, if {@link #end} wasn't called, and completes the request, without waiting.
     *
     * @param request fails if the client doesn't take what is left
     */
    public void complete(Callback request) {
        Callback taken = whenTaken == null ? request : Callback.from(request, whenTaken);
        if (ended) {
            taken.succeeded();
            return;
        }
        ended = true;
        if (!response.isCommitted()) {
            UnreadBody.discard(response.getRequest()); // now: Jetty does so only when it has sent the head
        }
        response.write(true, rest(), taken);
    }

    private ByteBuffer rest() {
        return last == null ? BufferUtil.EMPTY_BUFFER : ByteBuffer.wrap(last);
    }
}
