package gateway.proxy.upstream;

import java.net.ProtocolException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Determines where an answer ends (RFC 9112, 6.3). Whatever could be read in two ways is refused: a wrong guess
 * would turn bytes of one answer into the next answer.
 */
final class Framing {
    /** The most digits of a Content-Length. */
    private static final int MOST_DIGITS = 18;

    private Framing() {}

    /**
     * Returns the length of an answer's body in bytes: 0 if there is none, negative if only its end will tell. Refuses
     * an answer whose end isn't clear, and a switch of protocols that isn't the one this request asks for.
     *
     * @param fields the answer's
     * @throws ProtocolException saying what is wrong
     */
    static long bodyLength(UpstreamRequest request, int status, HttpFields fields) throws ProtocolException {
        if (status < 200) {
            WebSocketHandshake.check(request.webSocketKey(), status, fields);
        }
        String length = null;
        String coding = null;
        for (HttpField field : fields) {
            HttpHeader known = field.getHeader();
            if (known == HttpHeader.CONTENT_LENGTH) {
                String value = field.getValue();
                if (length != null && !length.equals(value)) {
                    throw new ProtocolException("its Content-Length is unclear");
                }
                length = value;
            } else if (known == HttpHeader.TRANSFER_ENCODING) {
                if (coding != null || !field.getValue().equalsIgnoreCase("chunked")) {
                    throw new ProtocolException("its Transfer-Encoding isn't chunked");
                }
                coding = field.getValue();
            }
        }
        long bytes = length == null ? -1 : number(length);
        if ((status == 204 || status == 205) && bytes > 0) {
            throw new ProtocolException("HTTP " + status + " had non-zero Content-Length: " + length);
        }
        if (request.method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
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
