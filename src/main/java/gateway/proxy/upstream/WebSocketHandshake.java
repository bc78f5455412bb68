package gateway.proxy.upstream;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * Both halves of a WebSocket's opening handshake (RFC 6455, 4): which requests are one, and which 101 answers it.
 *
 * <p>Only what both ends must read as a handshake becomes a tunnel: if just one of them believed in it, the bytes of a
 * WebSocket would be requests to the other. Any other request with an {@code Upgrade} is an ordinary one: the header is
 * ignored (RFC 9110, 7.8).
 */
public final class WebSocketHandshake {
    /** The value of {@code Upgrade}. */
    public static final String PROTOCOL = "websocket";

    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketHandshake() {}

    /**
     * Returns whether this request is a WebSocket handshake. An {@code Upgrade} is the first thing to look for: most
     * requests have none.
     */
    public static boolean isIn(Request request) {
        HttpFields fields = request.getHeaders();
        return fields.contains(HttpHeader.UPGRADE, PROTOCOL)
                && fields.contains(HttpHeader.CONNECTION, "upgrade")
                && !fields.contains(HttpHeader.CONNECTION, "close")
                && request.getMethod().equals("GET")
                && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && request.getLength() <= 0
                && !fields.contains(HttpHeader.TRANSFER_ENCODING)
                && !fields.contains(HttpHeader.EXPECT)
                && fields.getValuesList(HttpHeader.SEC_WEBSOCKET_VERSION).equals(List.of(VERSION))
                && isKey(fields.getValuesList(HttpHeader.SEC_WEBSOCKET_KEY));
    }

    private static boolean isKey(List<String> values) {
        try {
            return values.size() == 1 && Base64.getDecoder().decode(values.get(0)).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Accepts a 1xx answer only if it is the 101 for this request's key, without a body length.
     *
     * @param key the request's; null if it doesn't ask for a WebSocket
     * @param fields the answer's
     * @throws ProtocolException if it isn't
     */
    static void check(String key, int status, HttpFields fields) throws ProtocolException {
        if (status != 101 || key == null) {
            throw new ProtocolException("unasked-for status " + status);
        }
        if (!PROTOCOL.equalsIgnoreCase(fields.get(HttpHeader.UPGRADE))
                || !fields.contains(HttpHeader.CONNECTION, "upgrade")) {
            throw new ProtocolException("its status 101 isn't a switch to " + PROTOCOL);
        }
        if (!acceptFor(key).equals(fields.get(HttpHeader.SEC_WEBSOCKET_ACCEPT))) {
            throw new ProtocolException("its Sec-WebSocket-Accept is wrong");
        }
        String length = fields.get(HttpHeader.CONTENT_LENGTH);
        if (fields.contains(HttpHeader.TRANSFER_ENCODING) || length != null && !length.equals("0")) {
            throw new ProtocolException("its status 101 has a body"); // RFC 9110, 8.6: whose bytes would these be?
        }
    }

    /** Returns the accept value for a key, which proves that the other end speaks WebSocket. */
    private static String acceptFor(String key) {
        try {
            byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1", e);
        }
    }
}
