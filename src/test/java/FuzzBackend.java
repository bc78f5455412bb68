import gateway.util.Threads;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;

/**
 * A backend that tells what it got: each answer has an {@code X-Echo} with the request's method, target and body. It
 * answers early, before it has read the body, if the target says so.
 */
final class FuzzBackend implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final BiConsumer<String, byte[]> whole;

    /** @param whole gets the echo of each request that came whole, and its body */
    FuzzBackend(BiConsumer<String, byte[]> whole) throws IOException {
        this.whole = whole;
        Threads.daemons("fuzz-accept").newThread(this::accept).start();
    }

    /** What identifies a request. */
    static String echo(String method, String target, byte[] body) {
        CRC32 sum = new CRC32();
        sum.update(body);
        return method + " " + target + " " + body.length + ":" + Long.toHexString(sum.getValue());
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Threads.daemons("fuzz-backend").newThread(() -> serve(socket)).start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (exchange(in, socket)) {
                continue;
            }
        } catch (IOException | NumberFormatException e) {
            // broken off in the middle: no whole request
        }
    }

    private boolean exchange(InputStream in, Socket socket) throws IOException {
        String requestLine = line(in);
        int length = 0;
        boolean chunked = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            if (field.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(field.substring(15).strip());
            } else if (field.regionMatches(true, 0, "Transfer-Encoding:", 0, 18)) {
                chunked = true;
            }
        }
        String[] words = requestLine.split(" ");
        boolean check = words[1].equals("/health");
        boolean early = words[1].contains("early");
        if (early) {
            answer(socket, words[0], "early " + words[0] + " " + words[1]);
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        if (body.length < length) {
            return false;
        }
        String echo = echo(words[0], words[1], body);
        if (!check) {
            whole.accept(echo, body);
        }
        if (!early) {
            answer(socket, words[0], echo);
        }
        return true;
    }

    private static void answer(Socket socket, String method, String echo) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nX-Echo: " + echo + "\r\nContent-Length: 4\r\n\r\n"
                + (method.equals("HEAD") ? "" : "fine");
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            byte[] chunk = in.readNBytes(size);
            if (chunk.length < size) {
                throw new IOException("ended early");
            }
            body.write(chunk);
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended");
            }
            line.append((char) next);
        }
        line.setLength(line.length() - 1);
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
