package gateway.proxy.websocket;

import gateway.proxy.upstream.SwitchedConnection;
import gateway.server.ClientEndPoint;
import gateway.util.Time;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * A client's connection after the 101: what one side sends goes to the other as it is, so that frames, fragments,
 * compression, pings, close codes and reasons are the two ends' own business.
 *
 * <p>Two copiers with a buffer of 8 KB each. A copier writes all it has read before it reads on, so a slow reader slows
 * its sender and nothing is collected. The one towards the client waits for the backend on a thread of its own; the
 * other has one only while the client has sent something: a quiet tunnel is one waiting thread, virtual where Java has
 * them.
 *
 * <p>A regular end of one side is passed on as such, and the other may finish; a reset or failure resets the other.
 * Whatever ends it, {@link #end} does so once. While a copier waits for a slow reader, a reset by the sender shows only
 * once the reader goes on.
 */
public final class Tunnel extends AbstractConnection implements Connection.UpgradeTo {
    private static final int BUFFER_BYTES = 8 * 1024;

    private final EndPoint client;
    private final ClientEndPoint wire;
    private final SwitchedConnection backend;
    private final Executor threads;
    private final Time time;
    private final ByteBuffer fromClient = BufferUtil.allocate(BUFFER_BYTES);
    private final Callback clientReadable = new ClientReadable();
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private byte[] early = {};
    private volatile boolean open;
    private volatile boolean clientEnded;
    private volatile boolean backendEnded;
    private volatile long movedAt;

    /**
     * @param client the connection as HTTP had it: deciphered, if it is TLS
     * @param threads on which copiers run and wait
     */
    Tunnel(EndPoint client, SwitchedConnection backend, Executor threads, Time time) {
        super(client, threads);
        this.client = client;
        this.wire = ClientEndPoint.below(client);
        this.backend = backend;
        this.threads = threads;
        this.time = time;
        moved();
    }

    /** Calls the step once the tunnel has ended; at once if it has. */
    public void onEnd(Runnable step) {
        ended.thenRun(step);
    }

    /** Takes the bytes that Jetty's HTTP has read beyond the handshake. */
    @Override
    public void onUpgradeTo(ByteBuffer buffer) {
        early = BufferUtil.toArray(buffer);
    }

    /** Called when the 101 has been sent; from here on this is the client's connection. */
    @Override
    public void onOpen() {
        super.onOpen();
        client.setIdleTimeout(0); // Jetty's own
        open = true;
        run(this::copyToClient);
        run(this::copyToBackend);
    }

    private void run(Copier copier) {
        try {
            threads.execute(() -> copy(copier));
        } catch (RuntimeException | Error e) { // no thread left
            end(true);
        }
    }

    private void copy(Copier copier) {
        try {
            copier.copy();
        } catch (IOException | RuntimeException e) {
            end(true);
        } catch (Error e) { // perhaps out of memory: nobody would copy on, and the sides would wait in vain
            end(true);
            throw e;
        }
    }

    private void copyToClient() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = backend.read(buffer); count >= 0; count = backend.read(buffer)) {
            moved();
            try (Blocker.Callback written = Blocker.callback()) {
                client.write(written, ByteBuffer.wrap(buffer, 0, count));
                written.block();
            }
        }
        backendEnded = true;
        if (client instanceof SslConnection.SslEndPoint) {
            client.shutdownOutput(); // as an alert of TLS, close_notify
        } else {
            // Not Jetty's, which would close at the client's end, before it is known whether that is a reset
            wire.getChannel().shutdownOutput();
        }
        endIfBothHave();
    }

    /** Copies what the client has sent so far, then has itself called when there is more. */
    private void copyToBackend() throws IOException {
        backend.write(early, 0, early.length);
        early = new byte[0];
        int filled = client.fill(fromClient);
        while (filled > 0) {
            moved();
            backend.write(fromClient.array(), fromClient.arrayOffset() + fromClient.position(), fromClient.remaining());
            BufferUtil.clear(fromClient);
            filled = client.fill(fromClient);
        }
        if (filled == 0) {
            client.fillInterested(clientReadable);
            return;
        }
        // Jetty says the same of a reset as of a regular end; the channel tells them apart, by throwing again.
        wire.getChannel().read(ByteBuffer.allocate(1));
        clientEnded = true;
        backend.endOutput();
        endIfBothHave();
    }

    /** Notes that a side has sent something, which the other may be slow to take. */
    private void moved() {
        movedAt = time.nanos();
    }

    private void endIfBothHave() {
        if (clientEnded && backendEnded) {
            end(false);
        }
    }

    /**
     * Ends the tunnel if no bytes have passed for too long.
     *
     * @param idle how long both sides may be silent, nanoseconds
     * @param grace the same, before it is open and when one side has ended
     */
    void endIfQuiet(long now, long idle, long grace) {
        boolean bothMaySend = open && !clientEnded && !backendEnded;
        if (now - movedAt >= (bothMaySend ? idle : Math.min(idle, grace))) {
            end(false);
        }
    }

    /**
     * Closes both sides; copiers that wait fail and end.
     *
     * @param abruptly whether by a reset, because one side was
     */
    void end(boolean abruptly) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        try {
            backend.close(abruptly);
            wire.abort(abruptly);
        } finally {
            ended.complete(null);
        }
    }

    /** Called when Jetty has closed the client's connection: the tunnel ended it, or the server stops. */
    @Override
    public void onClose(Throwable cause) {
        super.onClose(cause);
        end(true);
    }

    @Override
    public void onFillable() {
        run(this::copyToBackend);
    }

    /** A direction's work, which ends the tunnel by failing. */
    private interface Copier {
        void copy() throws IOException;
    }

    /** Called by a selector's thread, which must not wait. */
    private final class ClientReadable implements Callback {
        @Override
        public void succeeded() {
            onFillable();
        }

        @Override
        public void failed(Throwable cause) {
            end(true);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
