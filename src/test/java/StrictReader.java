import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the requests of HTTP/1.x in what a client sends, by the rules of RFC 9112 and with none of a server's
 * forgiveness, except that empty lines before a request are skipped, as they are by all servers. Reading ends at the
 * first request that isn't whole or could be read in two ways.
 */
final class StrictReader {
    /**
     * A whole request.
     *
     * @param target as it was sent, without {@code http://host}
     * @param body its bytes, chunks undone
     * @param keeps whether the connection may serve another request
     */
    record Request(String method, String target, boolean isHttp10, byte[] body, boolean keeps) {}

    private final String text;
    private int at;

    private StrictReader(byte[] bytes) {
        this.text = new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The whole requests at the beginning of these bytes. */
    static List<Request> read(byte[] bytes) {
        StrictReader reader = new StrictReader(bytes);
        List<Request> requests = new ArrayList<>();
        for (Optional<Request> next = reader.next(); next.isPresent(); next = reader.next()) {
            requests.add(next.get());
            if (!next.get().keeps()) {
                break;
            }
        }
        return requests;
    }

    private Optional<Request> next() {
        try {
            while (at < text.length() && (text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
                at++;
            }
            return Optional.of(request());
        } catch (Refused e) {
            return Optional.empty();
        }
    }

    private Request request() throws Refused {
        String[] line = line().split(" +", -1);
        check(line.length == 3 && line[2].matches("(?i)HTTP/1\\.[01]"));
        boolean isHttp10 = line[2].endsWith("0");
        String length = null;
        String coding = null;
        boolean close = false;
        boolean keepAlive = false;
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            check(colon > 0 && !field.startsWith(" ") && !field.startsWith("\t"));
            String value = field.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "");
            switch (field.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> {
                    check(length == null && value.matches("[0-9]{1,9}"));
                    length = value;
                }
                case "transfer-encoding" -> {
                    check(coding == null && value.equalsIgnoreCase("chunked") && !isHttp10);
                    coding = value;
                }
                case "connection" -> {
                    close |= has(value, "close");
                    keepAlive |= has(value, "keep-alive");
                }
                default -> {} // frames nothing
            }
        }
        check(length == null || coding == null);
        byte[] body = coding != null ? chunks() : bytes(length == null ? 0 : Integer.parseInt(length));
        return new Request(
                line[0], line[1].replaceFirst("^http://[^/]*", ""), isHttp10, body, !close && (keepAlive || !isHttp10));
    }

    private static boolean has(String list, String word) {
        for (String element : list.split(",")) {
            if (element.strip().equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }

    /** A line that ends with CR and LF, and has neither inside. */
    private String line() throws Refused {
        int lf = text.indexOf('\n', at);
        check(lf > at && text.charAt(lf - 1) == '\r');
        String line = text.substring(at, lf - 1);
        check(line.indexOf('\r') < 0 && line.indexOf('\0') < 0);
        at = lf + 1;
        return line;
    }

    private byte[] bytes(int count) throws Refused {
        check(text.length() - at >= count);
        at += count;
        return text.substring(at - count, at).getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] chunks() throws Refused {
        StringBuilder body = new StringBuilder();
        while (true) {
            String size = line();
            check(size.matches("(?s)[0-9A-Fa-f]{1,15}([ \t]*;.*)?"));
            long length = Long.parseLong(size.split("[ \t;]", 2)[0], 16);
            check(length < text.length());
            if (length == 0) {
                for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    check(trailer.indexOf(':') > 0 && !trailer.startsWith(" ") && !trailer.startsWith("\t"));
                }
                return body.toString().getBytes(StandardCharsets.ISO_8859_1);
            }
            body.append(new String(bytes((int) length), StandardCharsets.ISO_8859_1));
            check(line().isEmpty());
        }
    }

    private static void check(boolean fine) throws Refused {
        if (!fine) {
            throw new Refused();
        }
    }

    /** The bytes are no request. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused() {
            super(null, null, false, false);
        }
    }
}
