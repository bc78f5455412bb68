package gateway.proxy;

import gateway.proxy.upstream.RequestWriter;
import gateway.proxy.upstream.UpstreamBody;
import gateway.settings.Bounds;
import gateway.util.Time;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes a request's body on as it arrives. The request's own thread passes what is there when it begins, as far as the
 * kernel surely takes it; the rest is passed by other threads, one at a time and only while something has arrived, so
 * that the answer can be read meanwhile: a backend may answer before it has read all, or answer part by part.
 *
 * <p>A part is written before the next is read, so a slow reader slows its sender and nothing is collected.
 */
final class Upload implements UpstreamBody, Runnable {
    /** How much is passed by the request's own thread, bytes: less than an empty socket takes without waiting. */
    private static final int AT_ONCE = 16 * 1024;

    private static final int PART_BYTES = 8 * 1024;

    /** How long a step under way may take to end by itself once the answer is there, milliseconds. */
    private static final long GRACE_MILLIS = 100;

    private final ClientRequest request;
    private final ClientBody body;
    private final Exchange exchange;
    private final Executor threads;
    private final ReentrantLock step = new ReentrantLock();
    private final byte[] part = new byte[PART_BYTES];
    private RequestWriter out;
    private boolean waits;
    private volatile boolean ended;
    private volatile boolean complete;
    private volatile boolean over;
    private volatile Throwable gatewayFailure;

    /**
     * Makes the upload of a request's body.
     *
     * @param threads pass the rest; not those that handle requests, all of which may be waiting for answers
     */
    static Upload of(ClientRequest request, Exchange exchange, Bounds bounds, Executor threads, Time time) {
        return new Upload(request, new ClientBody(request, exchange, bounds, time), exchange, threads);
    }

    private Upload(ClientRequest request, ClientBody body, Exchange exchange, Executor threads) {
        this.request = request;
        this.body = body;
        this.exchange = exchange;
        this.threads = threads;
    }

    @Override
    public boolean isBroken() {
        return exchange.clientFailure() != null;
    }

    /** Returns whether the end of the body has come, so that it has been sent or is just being sent. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public void send(RequestWriter to) throws IOException {
        out = to;
        exchange.bodyConsumed();
        step.lock();
        try {
            pass(AT_ONCE);
        } finally {
            step.unlock();
        }
    }

    /** Passes what has arrived; called on another thread than the request's. */
    @Override
    public void run() {
        step.lock();
        try {
            waits = false;
            if (!over) {
                pass(Long.MAX_VALUE);
            }
        } catch (IOException e) {
            over = true;
            if (isBroken()) {
                exchange.breakOff(); // so that nobody waits for the answer any more
            } // else the backend reads no more; it may answer all the same
        } catch (RuntimeException | Error e) { // perhaps out of memory
            fail(e);
        } finally {
            step.unlock();
        }
    }

    private void pass(long most) throws IOException {
        long passed = 0;
        while (passed < most) {
            int count = read();
            if (count < 0) {
                ended = true;
                out.end();
                body.end();
                exchange.bodySent();
                complete = true; // last: the request may end at once, and its connection carry the next
                return;
            }
            if (count == 0) {
                out.flush(); // a slow sender's bytes must not wait for more
                waits = true;
                body.await(this::arrived);
                return;
            }
            out.write(part, count);
            exchange.bodyMoved();
            passed += count;
        }
        out.flush();
        threads.execute(this);
    }

    private int read() throws IOException {
        try {
            return body.read(part);
        } catch (IOException e) {
            throw exchange.clientFailed(e);
        } catch (RuntimeException e) { // thrown by Jetty for a body that isn't valid HTTP
            throw exchange.clientFailed(new IOException(e));
        }
    }

    private void arrived() {
        if (over) {
            return;
        }
        try {
            threads.execute(this);
        } catch (RuntimeException | Error e) { // no thread left: nobody would ever read on
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        over = true;
        gatewayFailure = failure;
        exchange.breakOff(); // so that nobody waits for the answer any more
    }

    /**
     * Throws what kept the gateway itself from passing the body on, on another thread than this; does nothing if there
     * was no such thing.
     */
    void throwGatewayFailure() {
        if (gatewayFailure != null) {
            throw new IllegalStateException("The body could not be passed on", gatewayFailure);
        }
    }

    /**
     * Ends the sending, since the answer is there or the exchange has failed. After this, nothing reads the body.
     *
     * @return whether the whole body had been sent
     */
    boolean end() {
        if (complete) {
            return true;
        }
        over = true;
        lockStep();
        try {
            if (!complete) {
                if (waits) {
                    waits = false;
                    request.stopWaiting();
                }
                body.end();
            }
            return complete;
        } finally {
            step.unlock();
        }
    }

    /** Ends an upload whose exchange has failed; null if there was none. */
    static void abandon(Upload upload) {
        if (upload != null) {
            upload.exchange.breakOff(); // it may be writing still
            upload.end();
        }
    }

    /** Waits for a step under way, which writes to a backend that may read no more. */
    private void lockStep() {
        try {
            if (step.tryLock(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.breakOff();
        step.lock();
    }
}
