package gateway.warmup;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection with HTTP/1.1: one request at a time. */
final class Http1Client implements Client {
    private static final String OK = "HTTP/1.1 200 ";
    private static final int LARGEST_ANSWER = 16 * 1024;

    private final Socket socket;
    private final byte[] request;
    private final byte[] answer = new byte[LARGEST_ANSWER];

    /** @param socket connected to the gateway; closed with this */
    Http1Client(Socket socket, String token) {
        this.socket = socket;
        this.request = ("GET /api/data HTTP/1.1\r\nHost: localhost\r\nUser-Agent: warm-up\r\nAccept: */*\r\n"
                        + LoopbackService.TOKEN + ": " + token + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void send() throws IOException {
        socket.getOutputStream().write(request);
    }

    @Override
    public int receive() throws IOException {
        int length = 0;
        do {
            int more = socket.getInputStream().read(answer, length, answer.length - length);
            if (more <= 0) {
                throw new IOException("the connection ended within an answer");
            }
            length += more;
        } while (answer[length - 1] != LoopbackService.LAST);
        String start = new String(answer, 0, OK.length(), StandardCharsets.ISO_8859_1);
        if (!start.equals(OK)) {
            throw new IOException("answered " + start);
        }
        return 1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
