import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * One connection of a client that sends requests of all framings, whole, cut short or with some bytes changed, ends it
 * in some way, and reads the answers. All that it does follows from its random numbers.
 */
final class FuzzClient {
    /** How it ends its side. */
    enum End {
        /** It waits for the answers. */
        WAITS,
        /** It says that nothing more will come, and waits for the answers. */
        HALF_CLOSES,
        /** It closes at once. */
        CLOSES,
        /** It resets at once. */
        RESETS
    }

    /** An answer: its status, and what the backend says that it answered; null if the gateway answered. */
    record Answer(int status, String echo) {}

    /** What came of it. */
    record Outcome(byte[] sent, End end, List<Answer> answers, String failure) {
        @Override
        public String toString() {
            return failure + "\n" + end + " after:\n" + new String(sent, StandardCharsets.ISO_8859_1) + "\nanswers: "
                    + answers;
        }
    }

    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"};

    private static final String[] PIECES = {
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        "\t",
        ":",
        ";",
        ",",
        "%",
        "%2e",
        "..",
        "/",
        "\\",
        "#",
        "|",
        "0",
        "-1",
        "+",
        "0x",
        "chunked",
        "identity",
        "0\r\n\r\n",
        "5\r\nhello\r\n",
        "\r\nContent-Length: 3",
        "\r\nTransfer-Encoding: chunked",
        "\r\nTransfer-Encoding: identity",
        "\r\nExpect: 100-continue",
        "\r\nConnection: close",
        "\r\nConnection: keep-alive",
        "\r\nUpgrade: h2c\r\nConnection: Upgrade",
        "HTTP/1.0",
        "HTTP/1.2",
        "\u00ff",
        "\r\nHost: y",
        "GET /api/inside HTTP/1.1\r\nHost: x\r\n\r\n",
    };

    private final Random random;
    private final String id;

    /** @param id in the target of each of its requests, and in nobody else's */
    FuzzClient(long seed, String id) {
        this.random = new Random(seed);
        this.id = id;
    }

    /** The bytes that it sends; to be called once, and before {@link #talk}. */
    byte[] bytes() {
        StringBuilder all = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            all.append(request(i));
        }
        if (random.nextInt(2) == 0) {
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutate(all);
            }
        }
        if (random.nextInt(3) == 0) {
            all.setLength(random.nextInt(all.length() + 1));
        }
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String request(int number) {
        String version = random.nextInt(4) == 0 ? "HTTP/1.0" : "HTTP/1.1";
        String method = METHODS[random.nextInt(METHODS.length)];
        StringBuilder head = new StringBuilder(method + " /api/" + id + "/" + number);
        head.append(random.nextInt(6) == 0 ? "/early" : "")
                .append(' ')
                .append(version)
                .append("\r\nHost: x\r\n");
        if (random.nextInt(3) == 0) {
            String[] options = {"keep-alive", "close", "keep-alive, X", "Upgrade"};
            head.append("Connection: ").append(options[random.nextInt(4)]).append("\r\n");
        }
        if (random.nextInt(12) == 0) {
            head.append("Expect: 100-continue\r\n");
        }
        String body = "b".repeat(random.nextInt(random.nextInt(8) == 0 ? 20_000 : 40));
        return head
                + switch (random.nextInt(8)) {
                    case 0, 1 -> "\r\n";
                    case 2, 3 -> "Content-Length: " + body.length() + "\r\n\r\n" + body;
                    case 4, 5, 6 -> "Transfer-Encoding: chunked\r\n\r\n" + chunks(body);
                    default ->
                        random.nextBoolean()
                                ? "Content-Length: " + body.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + chunks(body)
                                : "Transfer-Encoding: chunked\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                };
    }

    private String chunks(String body) {
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int length = 1 + random.nextInt(body.length() - at);
            chunks.append(Integer.toHexString(length)).append(random.nextInt(8) == 0 ? ";x=\"y\"" : "");
            chunks.append("\r\n").append(body, at, at + length).append("\r\n");
            at += length;
        }
        return chunks + "0\r\n" + (random.nextInt(8) == 0 ? "X-Trailer: a\r\n" : "") + "\r\n";
    }

    private void mutate(StringBuilder request) {
        // mostly where it matters: not in the middle of a long body
        int at = random.nextInt(1 + (random.nextBoolean() ? Math.min(300, request.length()) : request.length()));
        switch (random.nextInt(4)) {
            case 0 -> request.insert(at, PIECES[random.nextInt(PIECES.length)]);
            case 1 -> request.insert(at, (char) random.nextInt(256));
            case 2 -> request.delete(at, Math.min(request.length(), at + 1 + random.nextInt(4)));
            default -> {
                if (at < request.length()) {
                    request.setCharAt(at, (char) random.nextInt(256));
                }
            }
        }
    }

    /** Sends the bytes and reads the answers. */
    Outcome talk(int port, byte[] bytes, List<StrictReader.Request> requests) {
        End end = End.values()[Math.max(0, random.nextInt(8) - 4)];
        List<Answer> answers = new ArrayList<>();
        String failure = null;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            failure = send(socket, bytes, end) ? read(socket, end, requests, answers) : null;
        } catch (SocketTimeoutException e) {
            failure = "hangs";
        } catch (IOException e) {
            // the gateway has closed the connection while it was written to
        }
        return new Outcome(bytes, end, answers, failure);
    }

    /** Returns whether answers are to be read. */
    private boolean send(Socket socket, byte[] bytes, End end) throws IOException {
        int first = random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
        socket.getOutputStream().write(bytes, 0, first);
        socket.getOutputStream().write(bytes, first, bytes.length - first);
        switch (end) {
            case HALF_CLOSES -> socket.shutdownOutput();
            case RESETS -> socket.setSoLinger(true, 0);
            default -> {} // waits, or is closed now
        }
        return end == End.WAITS || end == End.HALF_CLOSES;
    }

    /** Reads answers until all have come that must; returns what is wrong with them, null if nothing is. */
    private String read(Socket socket, End end, List<StrictReader.Request> requests, List<Answer> answers)
            throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        while (true) {
            boolean all = answers.size() >= requests.size();
            if (all && end == End.WAITS) { // perhaps a refusal follows, or the gateway waits for the rest of a request
                return null;
            }
            boolean fromHttp10 = !all && requests.get(answers.size()).isHttp10();
            try {
                answers.add(answer(in));
            } catch (Interim e) {
                if (fromHttp10) {
                    return "an interim answer by HTTP/1.0";
                }
            } catch (EOFException e) {
                return null;
            }
        }
    }

    private static Answer answer(InputStream in) throws IOException, Interim {
        String[] status = line(in).split(" ", 3);
        if (status.length < 2 || !status[0].equals("HTTP/1.1")) {
            throw new IllegalStateException("not an answer: " + Arrays.toString(status));
        }
        String echo = null;
        int length = -1;
        boolean chunked = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String[] parts = field.split(": ", 2);
            switch (parts[0].toLowerCase(Locale.ROOT)) {
                case "x-echo" -> echo = parts[1];
                case "content-length" -> length = Integer.parseInt(parts[1]);
                case "transfer-encoding" -> chunked = true;
                default -> {} // of no interest here
            }
        }
        if (status[1].startsWith("1")) {
            throw new Interim();
        }
        if (chunked || length < 0) {
            throw new IllegalStateException("no length: " + Arrays.toString(status));
        }
        if (in.readNBytes(length).length < length) {
            throw new EOFException();
        }
        return new Answer(Integer.parseInt(status[1]), echo);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** An interim answer came. */
    private static final class Interim extends Exception {
        private static final long serialVersionUID = 1;

        Interim() {
            super(null, null, false, false);
        }
    }
}
