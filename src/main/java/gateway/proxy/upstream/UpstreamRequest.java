package gateway.proxy.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import okhttp3.Headers;

/**
 * A request as backends get it, whichever of them it is sent to.
 *
 * <p>In the text of headers, a char is a byte, as Jetty reads them. OkHttp writes UTF-8: valid UTF-8 keeps its bytes.
 */
public final class UpstreamRequest {
    /** The methods whose requests say, by a length of 0, that they have no body (RFC 9110, 8.6). */
    private static final Set<String> NEED_A_BODY = Set.of("POST", "PUT", "PATCH", "PROPPATCH", "QUERY", "REPORT");

    final String method;
    final String path;
    final String query;
    final boolean needsBody;
    private final Headers.Builder headers = new Headers.Builder();

    /**
     * Begins a request with the headers that frame it.
     *
     * @param path the raw path below the backend's URL, from its slash on
     * @param query the raw query without its question mark; null if there is none
     * @param length of its body, bytes: 0 if there is none, negative if only its end will tell
     */
    public UpstreamRequest(String method, String path, String query, long length) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.needsBody = NEED_A_BODY.contains(method);
        if (length < 0) {
            add("Transfer-Encoding", "chunked");
        } else if (length > 0 || needsBody) {
            add("Content-Length", String.valueOf(length));
        }
    }

    /**
     * Adds a header.
     *
     * @throws IllegalArgumentException if the name isn't visible ASCII
     */
    public void add(String name, String value) {
        headers.addUnsafeNonAscii(name, isAscii(value) ? value : bytesAsUtf8(value));
    }

    Headers headers() {
        return headers.build();
    }

    static String bytesAsUtf8(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
