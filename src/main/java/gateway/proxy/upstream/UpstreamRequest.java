package gateway.proxy.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * A request's head as backends get it, whichever of them it is sent to.
 *
 * <p>In the text of headers, a char is a byte, as Jetty reads them: values are opaque (RFC 9110, 5.5). So it is
 * in path and query, which are sent byte for byte as they came.
 */
public final class UpstreamRequest {
    /** The methods whose requests say, by a length of 0, that they have no body (RFC 9110, 8.6). */
    private static final Set<String> NEED_A_BODY = Set.of("POST", "PUT", "PATCH", "PROPPATCH", "QUERY", "REPORT");

    private static final String VERSION = " HTTP/1.1\r\n";
    private static final byte[] NO_BYTES = {};
    private static final int USUAL_BYTES = 512;

    final String method;
    final boolean isChunked;
    private final String path;
    private final String query;
    private byte[] lines = new byte[USUAL_BYTES];
    private int count;
    private String webSocketKey;
    private final int hostEnd;
    private final boolean exceptSites;

    /** Begins a request with the Host of the backend's URL. */
    public UpstreamRequest(String method, String path, String query, long length) {
        this(method, path, query, length, null, false);
    }

    /**
     * Begins a request with the Host and the header that frames it.
     *
     * @param path the raw path below the backend's URL, from its slash on
     * @param query the raw query without its question mark; null if there is none
     * @param length of its body, bytes: 0 if there is none, negative if only its end will tell
     * @param host the Host in place of the one of the backend's URL; null for that
     * @param exceptSites whether backends with https:// and a name get their own all the same
     * @throws IllegalArgumentException if the host has a control character
     */
    public UpstreamRequest(String method, String path, String query, long length, String host, boolean exceptSites) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.isChunked = length < 0;
        this.exceptSites = exceptSites;
        if (host != null) { // the first header (RFC 9110, 7.2), and so left out easily
            add("Host", host);
        }
        this.hostEnd = count;
        if (isChunked) {
            add("Transfer-Encoding", "chunked");
        } else if (length > 0 || NEED_A_BODY.contains(method)) {
            add("Content-Length", String.valueOf(length));
        }
    }

    /**
     * Adds a header.
     *
     * @throws IllegalArgumentException if the name isn't visible ASCII, or the value has a control character: either
     * could end its line
     */
    public void add(String name, String value) {
        reserve(name.length() + value.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 127) {
                throw new IllegalArgumentException("A header's name has the character " + (int) c);
            }
            lines[count++] = (byte) c;
        }
        lines[count++] = ':';
        lines[count++] = ' ';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 127 || c > 255) {
                throw new IllegalArgumentException("The header " + name + " has the character " + (int) c);
            }
            lines[count++] = (byte) c;
        }
        lines[count++] = '\r';
        lines[count++] = '\n';
    }

    /**
     * Adds the headers by which it asks for a WebSocket.
     *
     * @param key the client's Sec-WebSocket-Key, which must be among the headers too
     */
    public void addUpgrade(String key) {
        webSocketKey = key;
        add("Connection", "Upgrade");
        add("Upgrade", WebSocketHandshake.PROTOCOL);
    }

    /** Returns the key of the WebSocket that it asks for; null if it doesn't. */
    String webSocketKey() {
        return webSocketKey;
    }

    private void reserve(int more) {
        if (lines.length - count < more) {
            lines = Arrays.copyOf(lines, Math.max(2 * lines.length, count + more));
        }
    }

    /** Returns the head for this backend, with the empty line at its end. */
    byte[] head(BackendUrl backend) {
        boolean isOwnHost = hostEnd == 0 || exceptSites && backend.isSite;
        byte[] first = firstLine(backend.pathPrefix).getBytes(StandardCharsets.ISO_8859_1);
        byte[] host = isOwnHost ? backend.hostLine : NO_BYTES;
        int skipped = isOwnHost ? hostEnd : 0;
        int start = first.length + host.length;
        byte[] head = Arrays.copyOf(first, start + count - skipped + 2);
        System.arraycopy(host, 0, head, first.length, host.length);
        System.arraycopy(lines, skipped, head, start, count - skipped);
        head[head.length - 2] = '\r';
        head[head.length - 1] = '\n';
        return head;
    }

    private String firstLine(String prefix) {
        return query == null
                ? method + ' ' + prefix + path + VERSION
                : method + ' ' + prefix + path + '?' + query + VERSION;
    }
}
