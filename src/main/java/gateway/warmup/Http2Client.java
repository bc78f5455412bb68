package gateway.warmup;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection with HTTP/2: {@value #STREAMS} requests at a time. It knows as much of RFC 9113 as this takes: it sends the
 * same header each time, from the dynamic table after the first, and takes an answer with a body for a good one.
 */
final class Http2Client implements Client {
    private static final int STREAMS = 10;
    private static final int FRAME_HEADER = 9;
    private static final byte DATA = 0;
    private static final byte HEADERS = 1;
    private static final byte RST_STREAM = 3;
    private static final byte SETTINGS = 4;
    private static final byte GOAWAY = 7;
    private static final byte WINDOW_UPDATE = 8;
    private static final byte ACK = 1;
    private static final byte END_STREAM = 1;
    private static final byte END_HEADERS = 4;

    /** As much as the window of a connection can grow: all answers together stay below it. */
    private static final int WINDOW = Integer.MAX_VALUE - 65_535;

    // Header fields as HPACK has them (RFC 7541, 6 and appendix A).
    private static final byte METHOD_GET = (byte) 0x82;
    private static final byte SCHEME_HTTPS = (byte) 0x87;
    private static final byte ADD_AUTHORITY = 0x41;
    private static final byte ADD_PATH = 0x44;
    private static final byte ADD_OTHER = 0x40;
    private static final byte FIRST_ADDED = (byte) 0xc0;
    private static final byte SECOND_ADDED = (byte) 0xbf;
    private static final byte THIRD_ADDED = (byte) 0xbe;

    private final Socket socket;
    private final DataInputStream in;
    private byte[] header;
    private int stream = 1;

    /** @param socket connected to the gateway by TLS, for h2; closed with this */
    Http2Client(Socket socket, String token) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.write(METHOD_GET);
        first.write(SCHEME_HTTPS);
        first.write(ADD_PATH);
        text(first, "/api/data");
        first.write(ADD_AUTHORITY);
        text(first, "localhost");
        first.write(ADD_OTHER);
        text(first, LoopbackService.TOKEN.toLowerCase(Locale.ROOT));
        text(first, token);
        header = first.toByteArray();
        ByteArrayOutputStream preface = new ByteArrayOutputStream();
        preface.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        frame(preface, SETTINGS, 0, 0);
        frame(
                preface,
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(WINDOW).array());
        preface.writeTo(socket.getOutputStream());
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.write(text.length());
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte... payload) {
        out.writeBytes(ByteBuffer.allocate(FRAME_HEADER)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.writeBytes(payload);
    }

    @Override
    public void send() throws IOException {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < STREAMS; i++) {
            frame(requests, HEADERS, END_HEADERS | END_STREAM, stream, header);
            stream += 2;
            header = new byte[] {METHOD_GET, SCHEME_HTTPS, FIRST_ADDED, SECOND_ADDED, THIRD_ADDED};
        }
        requests.writeTo(socket.getOutputStream());
    }

    @Override
    public int receive() throws IOException {
        int answers = 0;
        while (answers < STREAMS) {
            int start = in.readInt(); // three bytes of the length, one of the type
            int flags = in.readUnsignedByte();
            in.readInt(); // the stream: any, since all get the same answer
            in.skipNBytes(start >>> 8);
            switch ((byte) start) {
                case DATA -> answers += flags & END_STREAM;
                case SETTINGS -> acknowledge(flags);
                case RST_STREAM, GOAWAY -> throw new IOException("refused by a frame of type " + (byte) start);
                default -> {} // headers, windows
            }
        }
        return answers;
    }

    private void acknowledge(int flags) throws IOException {
        if ((flags & ACK) == 0) {
            ByteArrayOutputStream ack = new ByteArrayOutputStream();
            frame(ack, SETTINGS, ACK, 0);
            ack.writeTo(socket.getOutputStream());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
