package gateway.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ChannelSelector;
import gateway.net.Networks;
import gateway.net.ServiceAddresses;
import gateway.net.ServiceSocket;
import gateway.net.ServiceSockets;
import gateway.testing.Await;
import gateway.testing.TestSelector;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets to services whose threads wait for a selector of the clients' connections. */
class SelectedChannelTest {
    private static final ChannelSelector.Waiting IDLE = new ChannelSelector.Waiting() {
        @Override
        public boolean readable() {
            return false;
        }

        @Override
        public void writable() {}
    };

    private TestSelector selectors;
    private YieldingSelector selector;
    private Socket service;
    private ServiceSocket socket;
    private InputStream in;

    @BeforeEach
    void connect() throws Exception {
        selectors = TestSelector.start();
        selector = selectors.selector();
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket = new ServiceSockets(new ServiceAddresses(Networks.NONE), selector).createSocket();
            socket.connect(new InetSocketAddress(port.getInetAddress(), port.getLocalPort()), 5_000);
            service = port.accept();
        }
        in = socket.getInputStream();
    }

    @AfterEach
    void end() throws Exception {
        socket.closeNow();
        service.close();
        selectors.close();
    }

    @Test
    void what_came_before_anybody_waited_is_read_and_so_is_what_comes_later_and_the_end() throws Exception {
        service.getOutputStream().write('a');
        awaitInterest(0);
        assertEquals('a', in.read());
        CompletableFuture<Integer> next = reading();
        awaitInterest(SelectionKey.OP_READ);
        service.getOutputStream().write(200);
        assertEquals(200, next.get(30, TimeUnit.SECONDS));
        service.shutdownOutput();
        assertEquals(-1, in.read());
    }

    /** A service that sends what nobody reads yet, since its client is slow, would keep the selector busy for nothing. */
    @Test
    void what_nobody_waits_for_is_not_told_again() throws Exception {
        service.getOutputStream().write(new byte[10_000]);
        awaitInterest(0);
        assertEquals(10_000, in.readNBytes(10_000).length);
        CompletableFuture<Integer> next = reading();
        awaitInterest(SelectionKey.OP_READ);
        service.getOutputStream().write('b');
        assertEquals('b', next.get(30, TimeUnit.SECONDS));
    }

    @Test
    void each_question_gets_its_answer() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            socket.getOutputStream().write(i & 0x7f);
            service.getOutputStream().write(service.getInputStream().read());
            assertEquals(i & 0x7f, in.read());
        }
    }

    @Test
    void more_than_the_system_takes_waits_for_whoever_reads_it() throws Exception {
        byte[] much = new byte[20 * 1024 * 1024];
        new Random(7).nextBytes(much);
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(much);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        awaitInterest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertArrayEquals(much, service.getInputStream().readNBytes(much.length));
        written.get(30, TimeUnit.SECONDS);
        awaitInterest(SelectionKey.OP_READ);
    }

    @Test
    void a_wait_has_an_end_if_one_is_set_and_what_comes_later_is_read() throws Exception {
        socket.setSoTimeout(20);
        assertThrows(SocketTimeoutException.class, in::read);
        service.getOutputStream().write('c');
        socket.setSoTimeout(0);
        assertEquals('c', in.read());
    }

    @Test
    void whoever_waits_learns_that_another_thread_has_closed_it_and_so_does_the_service() throws Exception {
        CompletableFuture<Integer> next = reading();
        awaitInterest(SelectionKey.OP_READ);
        socket.closeNow();
        ExecutionException failure = assertThrows(ExecutionException.class, () -> next.get(30, TimeUnit.SECONDS));
        assertTrue(failure.getCause() instanceof SocketException, failure.toString());
        assertEquals(-1, service.getInputStream().read());
        assertThrows(IOException.class, in::read);
    }

    /** A channel in a selector is really closed only when that selects again, which it might not for long. */
    @Test
    void a_reset_reaches_the_service_though_nothing_else_is_selected() throws Exception {
        awaitInterest(SelectionKey.OP_READ);
        socket.setSoLinger(true, 0);
        socket.closeNow();
        assertThrows(SocketException.class, () -> service.getInputStream().read());
    }

    /**
     * Jetty guards all that it calls on a selector's thread but this: an exception ended the selector's work, silently. New
     * connections got no answer then, and a stop had no end.
     */
    @Test
    void the_selector_is_not_disturbed_by_a_close_at_any_moment() throws Exception {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 300; i++) {
                SocketChannel channel = SocketChannel.open(port.getLocalSocketAddress());
                port.accept().close();
                channel.configureBlocking(false);
                SelectedChannel selected = new SelectedChannel(selector, channel, IDLE);
                awaitRegistered(channel);
                Thread closing = new Thread(() -> close(channel));
                closing.start();
                while (closing.isAlive()) {
                    selected.updateKey();
                }
                selected.updateKey();
            }
        }
    }

    private void awaitRegistered(SocketChannel channel) throws Exception {
        CompletableFuture<Boolean> registered = new CompletableFuture<>();
        selector.submit(in -> registered.complete(channel.keyFor(in) != null)); // after the one that registers it
        assertTrue(registered.get(30, TimeUnit.SECONDS));
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void an_interrupt_closes_it_as_it_does_with_any_channel() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                in.read();
            } catch (IOException e) {
                failure.complete(e);
            }
        });
        waiting.start();
        waiting.interrupt();
        assertTrue(failure.get(30, TimeUnit.SECONDS) instanceof ClosedByInterruptException);
        assertEquals(-1, service.getInputStream().read());
    }

    @Test
    void an_idle_one_is_quiet_until_something_comes() throws Exception {
        assertTrue(socket.isQuiet());
        service.close();
        Await.until("the end", () -> !socket.isQuiet());
    }

    private CompletableFuture<Integer> reading() {
        CompletableFuture<Integer> next = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                next.complete(in.read());
            } catch (IOException e) {
                next.completeExceptionally(e);
            }
        });
        reader.start();
        return next;
    }

    /** Waits until the selector is to tell of this, and nothing else. */
    private void awaitInterest(int operations) throws Exception {
        Await.until("the interest " + operations, () -> {
            CompletableFuture<Integer> found = new CompletableFuture<>();
            selector.submit(in -> found.complete(in.keys().stream()
                    .mapToInt(SelectionKey::interestOps)
                    .findAny()
                    .orElse(-1)));
            return found.get(30, TimeUnit.SECONDS) == operations;
        });
    }
}
