package gateway.proxy.upstream;

import java.net.ProtocolException;
import okhttp3.Headers;
import okhttp3.Response;

/**
 * Where an answer ends (RFC 9112, 6.3). OkHttp takes any framing and guesses; a guess could make one answer's bytes the
 * next one's.
 */
final class Framing {
    private Framing() {}

    /**
     * Refuses an answer whose end isn't clear, and a switch of protocols that isn't the one this request asks for.
     *
     * @param request the request's headers
     * @throws ProtocolException saying what is wrong
     */
    static void check(Headers request, Response answer) throws ProtocolException {
        int status = answer.code();
        Headers headers = answer.headers();
        if (status < 200) {
            WebSocketHandshake.check(request, answer);
        }
        String length = null;
        String coding = null;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.equalsIgnoreCase("Content-Length")) {
                String value = headers.value(i);
                if (!isNumber(value) || length != null && !length.equals(value)) {
                    throw new ProtocolException("its Content-Length is unclear");
                }
                length = value;
            } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
                if (coding != null || !headers.value(i).equalsIgnoreCase("chunked")) {
                    throw new ProtocolException("its Transfer-Encoding isn't chunked");
                }
                coding = headers.value(i);
            }
        }
        if ((status == 204 || status == 205) && length != null && !length.equals("0")) {
            throw new ProtocolException("HTTP " + status + " had non-zero Content-Length: " + length);
        }
    }

    /** Whether a body follows the head of such an answer, unless it is one to HEAD; its length may be 0 all the same. */
    static boolean mayHaveBody(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
