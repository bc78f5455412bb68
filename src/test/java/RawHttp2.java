import gateway.testing.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 that sends and shows single frames (RFC 9113, 6), and answers none by itself. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private final RawClient wire;

    /** A frame as it came. */
    record Frame(int type, int flags, int stream, String payload) {
        /** The last stream that a GOAWAY lets the client have. */
        int lastStream() {
            return number(payload.substring(0, 4));
        }

        /** The code in a GOAWAY. */
        int error() {
            return number(payload.substring(4, 8));
        }
    }

    /** One on a connection of its own, whose preface and SETTINGS have been sent. */
    RawHttp2(SSLContext trusting, int port) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        wire = new RawClient(socket);
        wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        send(SETTINGS, 0, 0, "");
    }

    /** Sends a frame; a char of the payload is a byte. */
    RawHttp2 send(int type, int flags, int stream, String payload) throws IOException {
        return send(frame(type, flags, stream, payload));
    }

    /** Sends frames at once, so that the gateway has read them all before it looks at the first. */
    synchronized RawHttp2 send(String... frames) throws IOException {
        wire.send(String.join("", frames));
        return this;
    }

    /** A frame's bytes; a char is one. */
    static String frame(int type, int flags, int stream, String payload) {
        int length = payload.length();
        return "" + (char) (length >> 16) + (char) (length >> 8 & 255) + (char) (length & 255) + (char) type
                + (char) flags + "\0\0\0" + (char) stream + payload;
    }

    /** Sends a whole request without a body. */
    RawHttp2 get(int stream, String path) throws IOException {
        return send(HEADERS, END_HEADERS | END_STREAM, stream, header("GET", path));
    }

    /** A request's header block. */
    static String header(String method, String path) {
        return field(":method", method)
                + field(":scheme", "https")
                + field(":path", path)
                + field(":authority", "localhost");
    }

    /** A header field of HPACK that is spelled out (RFC 7541, 6.2.2). */
    static String field(String name, String value) {
        return "\0" + (char) name.length() + name + (char) value.length() + value;
    }

    /** The next frame; null when the connection has ended. */
    Frame next() throws IOException {
        String head;
        try {
            head = wire.bytes(9);
        } catch (SocketTimeoutException e) {
            throw e; // open, and silent
        } catch (IOException e) {
            return null;
        }
        int length = head.charAt(0) << 16 | head.charAt(1) << 8 | head.charAt(2);
        return new Frame(head.charAt(3), head.charAt(4), number(head.substring(5)), wire.bytes(length));
    }

    /** The next frame of this type; null if none comes before the end. */
    Frame next(int type) throws IOException {
        Frame frame = next();
        while (frame != null && frame.type() != type) {
            frame = next();
        }
        return frame;
    }

    /** The body of this stream's answer, read to its end. */
    String body(int stream) throws IOException {
        StringBuilder body = new StringBuilder();
        for (Frame frame = next(DATA); frame != null; frame = next(DATA)) {
            if (frame.stream() == stream) {
                body.append(frame.payload());
                if ((frame.flags() & END_STREAM) != 0) {
                    return body.toString();
                }
            }
        }
        throw new IOException("the connection ended after " + body);
    }

    private static int number(String bytes) {
        return ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)).getInt();
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
