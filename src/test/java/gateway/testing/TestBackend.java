package gateway.testing;

import gateway.util.Threads;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;

/**
 * A backend on a real socket that does what a test says, to the byte, and remembers what it got. Its {@code /health} is
 * well unless the test says otherwise; checks are not remembered.
 */
public final class TestBackend implements AutoCloseable {
    /** What a backend does with a request. */
    public interface Script {
        void answer(Received request, Wire wire) throws Exception;
    }

    /** A request as it came: the head with its line ends, and the body, chunks undone. */
    public record Received(String head, byte[] body) {
        public String line() {
            return head.substring(0, head.indexOf('\r'));
        }

        public String method() {
            return line().substring(0, line().indexOf(' '));
        }

        public String target() {
            return line().split(" ")[1];
        }

        /** The values of a header, in order. */
        public List<String> header(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** The connection a request came on. */
    public static final class Wire {
        private final Socket socket;
        private final OutputStream out;
        private final InputStream in;

        private final boolean bodiless;

        private final Socket raw;

        private Wire(Socket raw, Socket socket, InputStream in, boolean bodiless) throws IOException {
            this.raw = raw;
            this.socket = socket;
            this.bodiless = bodiless;
            this.in = in;
            this.out = socket.getOutputStream();
        }

        /** Sends these characters, each as one byte. */
        public Wire send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return this;
        }

        /** Answers 200 with this body, or to HEAD without. */
        public void ok(String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n");
            out.write(bytes, 0, bodiless ? 0 : bytes.length);
            out.flush();
        }

        /** Sends a body's bytes until nobody takes them any more; then the latch is counted down. */
        public void sendUntilFreed(CountDownLatch freed) throws IOException {
            try {
                for (byte[] part = new byte[1 << 20]; true; ) {
                    send(part);
                }
            } finally {
                freed.countDown();
            }
        }

        public void close() throws IOException {
            socket.close();
        }

        /** Closes the connection below TLS, so that TLS doesn't say so (close_notify). */
        public void cut() throws IOException {
            raw.close();
        }

        /** Closes with a reset instead of a regular end. */
        public void reset() throws IOException {
            raw.setSoLinger(true, 0);
            raw.close();
        }

        /** Says that nothing more will come, and goes on reading. */
        public void endOutput() throws IOException {
            socket.shutdownOutput();
        }

        /** Sends these bytes. */
        public void send(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        /** Reads this many bytes. */
        public String bytes(int count) throws IOException {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new IOException("the connection ended after " + bytes.length + " of " + count + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /** Reads a line, which may be empty. */
        public String readLine() throws IOException {
            return line(in);
        }

        /** Reads one chunk's data; empty for the last. */
        public String chunk() throws IOException {
            String data = bytes(Integer.parseInt(line(in), 16));
            line(in);
            return data;
        }

        /** Reads all there is until the connection ends, regularly. */
        public String rest() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        /** Waits until the other side has closed; false if it hasn't within 5 s. */
        public boolean seesEnd() throws IOException {
            socket.setSoTimeout(5_000);
            try {
                return in.read() < 0;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    private final ServerSocket server;
    private final SSLContext tls;
    private final Script script;
    private final boolean readsBodies;
    private final Thread acceptor;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile List<String> offered = List.of();
    private volatile String told;
    private volatile Script health = (request, wire) -> wire.ok("{\"status\":\"healthy\"}");

    private TestBackend(int port, Script script) throws IOException {
        this(port, null, script, true);
    }

    /** @param tls null for plain TCP */
    private TestBackend(int port, SSLContext tls, Script script, boolean readsBodies) throws IOException {
        this.script = script;
        this.readsBodies = readsBodies;
        this.tls = tls;
        this.server = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
        this.acceptor = Threads.daemons("backend-accept").newThread(this::accept);
        acceptor.start();
    }

    /** One that answers each request with {@code {"service":name}}. */
    public static TestBackend named(String name) throws IOException {
        return doing((request, wire) -> wire.ok("{\"service\":\"" + name + "\"}"));
    }

    /** The same, on this port. */
    public static TestBackend named(String name, int port) throws IOException {
        return new TestBackend(port, (request, wire) -> wire.ok("{\"service\":\"" + name + "\"}"));
    }

    /** One that does this with each request. */
    public static TestBackend doing(Script script) throws IOException {
        return new TestBackend(0, script);
    }

    /** One that does this as soon as it has a request's head; the body is the script's business. */
    public static TestBackend atHead(Script script) throws IOException {
        return new TestBackend(0, null, script, false);
    }

    /** The same by TLS; its {@link #url} names localhost. */
    public static TestBackend atHeadOverTls(SSLContext tls, Script script) throws IOException {
        return new TestBackend(0, tls, script, false);
    }

    /** One that speaks TLS; its {@link #url} names localhost. */
    public static TestBackend overTls(SSLContext tls, Script script) throws IOException {
        return new TestBackend(0, tls, script, true);
    }

    /** One that answers with these bytes and then closes. */
    public static TestBackend raw(String answer) throws IOException {
        return doing((request, wire) -> wire.send(answer).close());
    }

    /** One that takes a request and closes without a word. */
    public static TestBackend hangsUp() throws IOException {
        return doing((request, wire) -> wire.close());
    }

    /** One that answers once the latch is open. */
    public static TestBackend heldBy(CountDownLatch latch) throws IOException {
        return doing((request, wire) -> {
            latch.await();
            wire.ok("{\"held\":true}");
        });
    }

    /** One whose answer goes on until nobody takes it any more; then the latch is counted down. */
    public static TestBackend endless(CountDownLatch freed) throws IOException {
        return doing((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            wire.sendUntilFreed(freed);
        });
    }

    /** A port at which nobody listens, unless a test's own backend or program does later. */
    public static int deadPort() throws IOException {
        return Ports.reserved();
    }

    /** Lets its health check be answered so from now on. */
    public TestBackend withHealth(Script script) {
        health = script;
        return this;
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url() {
        return (tls != null ? "https://localhost:" : "http://127.0.0.1:") + port();
    }

    /** The next request it got; fails if none comes within 30 s. */
    public Received next() throws InterruptedException {
        Received next = received.poll(30, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no request came");
        }
        return next;
    }

    /** The host that the last client by TLS told (SNI); null if none. */
    public String told() {
        return told;
    }

    /** The protocols that the last client by TLS offered (ALPN). */
    public List<String> offered() {
        return offered;
    }

    /** How many requests it got and the test hasn't taken. */
    public int waiting() {
        return received.size();
    }

    /** Connections that are open now. */
    public int connections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Threads.daemons("backend").newThread(() -> serve(socket)).start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket raw) {
        try (raw;
                Socket socket = tls == null ? raw : overTls(raw)) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                boolean check = head.startsWith("GET /health ");
                Received request = new Received(head, check || !readsBodies ? new byte[0] : body(head, in));
                if (!check) {
                    received.add(request);
                }
                (check ? health : script).answer(request, new Wire(raw, socket, in, head.startsWith("HEAD ")));
            }
        } catch (Exception e) {
            // the connection has ended, as a test wanted
        } finally {
            open.remove(raw);
        }
    }

    private Socket overTls(Socket raw) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, raw.getPort(), true);
        socket.setUseClientMode(false);
        socket.setHandshakeApplicationProtocolSelector((it, protocols) -> {
            offered = protocols;
            return ""; // none
        });
        told = null;
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
            @Override
            public boolean matches(SNIServerName name) {
                told = new String(name.getEncoded(), StandardCharsets.US_ASCII);
                return true;
            }
        }));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static byte[] body(String head, InputStream in) throws IOException {
        Received request = new Received(head, new byte[0]);
        if (!request.header("Transfer-Encoding").isEmpty()) {
            return chunks(in);
        }
        List<String> length = request.header("Content-Length");
        int expected = length.isEmpty() ? 0 : Integer.parseInt(length.get(0));
        byte[] body = in.readNBytes(expected);
        if (body.length < expected) {
            throw new IOException("ended early");
        }
        return body;
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            body.write(in.readNBytes(size));
            line(in);
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended early");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    /** Stops listening and breaks all connections, as a killed process would. */
    public void kill() throws IOException {
        server.close();
        try { // a thread that still waits in accept keeps the kernel listening
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }
}
