package gateway.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client on a real socket: sends exactly these bytes and shows exactly what came. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    public RawClient(int port) throws IOException {
        this(port, InetAddress.getLoopbackAddress());
    }

    /** @param own the address it comes from; all of 127.0.0.0/8 is this machine's on Linux */
    public RawClient(int port, InetAddress own) throws IOException {
        this(InetAddress.getLoopbackAddress(), port, own);
    }

    /** One that asks at this address of the machine. */
    public RawClient(InetAddress to, int port, InetAddress own) throws IOException {
        this(new Socket(to, port, own, 0));
    }

    /** @param socket connected, and TLS perhaps */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(30_000); // only a broken gateway takes that long
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends these characters, each as one byte. */
    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads an answer's head. */
    public Answer head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in the head: " + head);
            }
            head.append((char) next);
        }
        return new Answer(head.toString(), "");
    }

    /** Reads one answer with its body, by length or chunks; a body with neither is read to the end. */
    public Answer answer() throws IOException {
        Answer head = head();
        List<String> length = head.header("Content-Length");
        if (head.status() == 204 || head.status() == 304) {
            return head;
        }
        if (!length.isEmpty()) {
            return head.with(bytes(Integer.parseInt(length.get(0))));
        }
        if (!head.header("Transfer-Encoding").isEmpty()) {
            StringBuilder body = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
            return head.with(body.toString());
        }
        return head.with(rest());
    }

    /** Reads one chunk with the line end behind it, and returns its data; empty for the last. */
    public String chunk() throws IOException {
        String data = bytes(Integer.parseInt(line(), 16));
        String end = line();
        if (!end.isEmpty()) {
            throw new IOException("behind a chunk's data comes " + end);
        }
        return data;
    }

    /** Reads this many bytes. */
    public String bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("the connection ended after " + bytes.length + " of " + count + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Reads all there is until the connection ends, regularly. */
    public String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        in.transferTo(rest);
        return rest.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether something has come that can be read without waiting; the end of the connection isn't seen. */
    public boolean isReadable() throws IOException {
        return in.available() > 0;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended in a line");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** Says that nothing more will come, and goes on reading. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with a reset instead of a regular end. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Sends these bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** An answer as it came. */
    public record Answer(String head, String body) {
        Answer with(String body) {
            return new Answer(head, body);
        }

        public int status() {
            return Integer.parseInt(head.split(" ")[1]);
        }

        /** The values of a header, in order. */
        public List<String> header(String name) {
            return new TestBackend.Received(head, new byte[0]).header(name);
        }
    }
}
