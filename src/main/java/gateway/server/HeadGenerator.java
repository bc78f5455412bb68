package gateway.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.MetaData;

/**
 * Writes answers of HTTP/1.1, and says nothing of a body in an answer to HEAD whose length isn't known: Jetty adds a
 * {@code Transfer-Encoding}, or a {@code Content-Length: 0} if the answer ends at once, which would be the length of the
 * answer to GET (RFC 9110, 8.6). So such an answer must be sent before it ends.
 */
final class HeadGenerator extends HttpGenerator {
    private static final String ADDED = "\r\nTransfer-Encoding: chunked\r\n";

    @Override
    public Result generateResponse(
            MetaData.Response info, boolean head, ByteBuffer header, ByteBuffer chunk, ByteBuffer content, boolean last)
            throws IOException {
        boolean begins = head && header != null && isState(State.START);
        Result result = super.generateResponse(info, head, header, chunk, content, last);
        if (begins && !isState(State.START)) {
            remove(header);
        }
        return result;
    }

    /** Takes the added line out of the head, which is ready to be sent. */
    private static void remove(ByteBuffer header) {
        byte[] bytes = new byte[header.remaining()];
        header.duplicate().get(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(ADDED);
        if (at >= 0) {
            String without = text.substring(0, at) + text.substring(at + ADDED.length() - 2);
            ByteBuffer front = header.duplicate();
            front.put(without.getBytes(StandardCharsets.ISO_8859_1));
            header.limit(header.position() + without.length());
        }
    }
}
