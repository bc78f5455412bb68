package gateway.proxy.upstream;

import gateway.net.ServiceSocket;
import java.io.IOException;
import java.net.Socket;
import org.eclipse.jetty.http.HttpField;

/**
 * A connection to a backend by HTTP/1.1, leased for one exchange at a time. The first exchange opens it.
 *
 * <p>Used by the thread of its exchange; {@link #exchange} by the timer's, too, and the writer also by the thread that
 * sends the rest of a body.
 */
public final class UpstreamConnection {
    /** How far an exchange has come. */
    public enum Progress {
        /** There is no connection: nothing can have been sent. */
        CONNECTING,
        /** The connection is open; some of the request may have been sent. */
        SENDING,
        /** The head of an answer has come. */
        ANSWERED
    }

    /** The pool of its backend. */
    final BackendPool home;

    /** The exchange that it carries; null when idle. */
    volatile WatchedExchange exchange;

    /** Since when it is idle, nanoseconds; guarded by its pool. */
    long idleSince;

    private final UpstreamPool pool;
    private Progress progress;
    private String method;
    private boolean sentBody;
    private boolean reused;
    private Persistence persistence = Persistence.NONE;

    // Set once the connection is open.
    private ServiceSocket raw;
    private Socket socket;
    private AnswerInput input;
    private AnswerHead head;
    private RequestWriter writer;
    private Runnable cancel;

    UpstreamConnection(UpstreamPool pool, BackendPool home) {
        this.pool = pool;
        this.home = home;
    }

    /** Returns the header that names the backend in each answer. */
    public HttpField backendHeader() {
        return home.header;
    }

    /** Returns whether it has served an exchange before. */
    public boolean isReused() {
        return reused;
    }

    /** Returns how far the exchange has come. */
    public Progress progress() {
        return progress;
    }

    /**
     * Sends the request and reads the head of its answer, which must be closed. The body may be on its way still.
     *
     * @param body null if there is none
     * @throws IOException if no valid answer came
     */
    public UpstreamAnswer send(UpstreamRequest request, UpstreamBody body) throws IOException {
        method = request.method;
        sentBody = body != null;
        persistence = Persistence.NONE;
        if (socket == null) {
            open();
        } else {
            exchange.cancelledBy(cancel);
        }
        progress = Progress.SENDING;
        IOException unsent = null;
        try {
            if (body == null) {
                writer.writeOnly(request.head(home.url));
            } else {
                writer.begin(request.head(home.url), request.isChunked);
                body.send(writer);
            }
        } catch (IOException e) {
            if (body != null && body.isBroken()) {
                throw e;
            }
            unsent = e; // the backend may have answered before it stopped reading
        }
        try {
            return receive(request);
        } catch (IOException e) {
            if (unsent != null) {
                unsent.addSuppressed(e);
                throw unsent;
            }
            throw e;
        }
    }

    private void open() throws IOException {
        Opening opening = pool.opening(exchange);
        opening.open(home.url.url, exchange);
        raw = opening.raw();
        socket = opening.socket();
        cancel = raw::closeNow;
        exchange.cancelledBy(cancel);
        exchange.waitForBackend();
        boolean isTls = socket != raw;
        input = new AnswerInput(isTls ? socket.getInputStream() : raw.plainInput(), raw, isTls);
        head = new AnswerHead(input);
        writer = new RequestWriter(socket.getOutputStream());
    }

    private UpstreamAnswer receive(UpstreamRequest request) throws IOException {
        do {
            head.read();
        } while (head.status() == 100 || head.status() > 101 && head.status() < 200); // not the answer yet
        progress = Progress.ANSWERED;
        long length = Framing.bodyLength(request, head.status(), head.fields());
        persistence = Persistence.of(head.isOld(), head.fields());
        return new UpstreamAnswer(head, length, input, cancel);
    }

    /** Takes over the connection after its 101. It stays leased, so nobody else uses or closes it. */
    public SwitchedConnection switched() throws IOException {
        return new SwitchedConnection(raw, socket, input);
    }

    /** Begins to carry an exchange. */
    void carry(WatchedExchange exchange) {
        this.progress = Progress.CONNECTING;
        this.reused = socket != null;
        this.exchange = exchange;
    }

    /**
     * Returns whether it may serve another exchange after a good one. After HEAD it may not: some backends send a body
     * all the same, which may still be on its way. Nor may it if something has arrived: what a backend sent beyond its
     * answer would be read as the start of the next one, which goes to another client.
     */
    boolean isReusable() {
        input.shrink();
        return persistence.isKept() && !method.equals("HEAD") && input.arrived() == 0;
    }

    /** Returns how long it may be idle before the backend may close it, as far as the backend says, nanoseconds. */
    long mostIdle() {
        return persistence.mostIdle();
    }

    /**
     * Returns whether nothing has come on the idle connection: neither its end nor an error, nor bytes, which the next
     * client would get as its answer. With TLS there are two places to look: what has been deciphered, and what has
     * not, which may be the backend's notice that it closes.
     */
    boolean isQuiet() {
        try {
            return raw.isQuiet() && (socket == raw || socket.getInputStream().available() == 0);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Closes it; without waiting, since the thread may be the timer's. By TLS it says so first, unless the backend may
     * not have read all it got: then there may be no room for more.
     */
    void close() {
        if (socket == null) {
            return; // it wasn't opened
        }
        if (socket != raw && persistence.isKept() && !sentBody) {
            try {
                socket.close(); // for which there must be nothing under way
            } catch (IOException e) {
                // closed already
            }
        }
        raw.closeNow();
    }
}
