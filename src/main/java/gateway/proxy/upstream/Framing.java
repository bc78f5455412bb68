package gateway.proxy.upstream;

import java.net.ProtocolException;
import okhttp3.Headers;

/**
 * Determines where an answer ends (RFC 9112, 6.3). OkHttp accepts any framing and guesses; a wrong guess would turn
 * bytes of one answer into the next answer.
 */
final class Framing {
    /** The most digits of a Content-Length. */
    private static final int MOST_DIGITS = 18;

    private Framing() {}

    /**
     * Returns the length of an answer's body in bytes: 0 if there is none, negative if only its end will tell. Refuses
     * an answer whose end isn't clear, and a switch of protocols that isn't the one this request asks for.
     *
     * @param method the request's
     * @param request the request's headers
     * @param headers the answer's
     * @throws ProtocolException saying what is wrong
     */
    static long bodyLength(String method, Headers request, int status, Headers headers) throws ProtocolException {
        if (status < 200) {
            WebSocketHandshake.check(request, status, headers);
        }
        String length = null;
        String coding = null;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.equalsIgnoreCase("Content-Length")) {
                String value = headers.value(i);
                if (length != null && !length.equals(value)) {
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
        long bytes = length == null ? -1 : number(length);
        if ((status == 204 || status == 205) && bytes > 0) {
            throw new ProtocolException("HTTP " + status + " had non-zero Content-Length: " + length);
        }
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            return 0;
        }
        return coding == null ? bytes : -1;
    }

    private static long number(String text) throws ProtocolException {
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw new ProtocolException("its Content-Length is unclear");
            }
            number = 10 * number + (digit - '0');
        }
        if (text.isEmpty() || text.length() > MOST_DIGITS) {
            throw new ProtocolException("its Content-Length is unclear");
        }
        return number;
    }
}
