package gateway.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Writes answers of HTTP/1.1 as Jetty does, but for two things.
 *
 * <ul>
 *   <li>It says nothing of a body in an answer to HEAD whose length isn't known: Jetty adds a {@code Transfer-Encoding},
 *       or a {@code Content-Length: 0} if the answer ends at once, which would be the length of the answer to GET (RFC
 *       9110, 8.6). So such an answer must be sent before it ends.
 *   <li>It ends each chunk at once. Jetty sends the line end behind a chunk's data only with the next chunk, and some
 *       clients hand on no chunk before they have that: with Python's urllib3, each event of a stream came when the next
 *       was sent.
 * </ul>
 */
final class Http1Generator extends HttpGenerator {
    private static final String ADDED = "\r\nTransfer-Encoding: chunked\r\n";
    private static final int LINE_END_BYTES = 2;

    private boolean chunkOpen; // its line end hasn't been sent
    private boolean lineEndSent; // though Jetty is going to write it again, in front of the next chunk

    @Override
    public void reset() {
        super.reset();
        chunkOpen = false;
        lineEndSent = false;
    }

    @Override
    public Result generateResponse(
            MetaData.Response info, boolean head, ByteBuffer header, ByteBuffer chunk, ByteBuffer content, boolean last)
            throws IOException {
        boolean begins = header != null && isState(State.START);
        boolean inChunks = isChunking(); // no more once its end has been written
        Result result = super.generateResponse(info, head, header, chunk, content, last);
        if (head) {
            if (begins && !isState(State.START)) {
                remove(header);
            }
        } else if (result == Result.FLUSH && (inChunks || isChunking())) {
            endChunk(begins ? header : chunk, content, last);
        } else if (result == Result.DONE && chunkOpen) {
            return lineEnd(chunk);
        }
        return result;
    }

    /**
     * Appends the line end to a chunk, which this moves behind its size if there is room: that takes one write, and the
     * copying would be done all the same, by the JDK.
     *
     * @param sizes with the chunk's size at its end; behind a line end, unless it is the first
     */
    private void endChunk(ByteBuffer sizes, ByteBuffer content, boolean last) {
        if (lineEndSent) {
            sizes.position(sizes.position() + LINE_END_BYTES);
            lineEndSent = false;
        }
        chunkOpen = BufferUtil.hasContent(content) && !last; // behind the last, the end follows at once
        if (chunkOpen && sizes.capacity() - sizes.limit() >= content.remaining() + LINE_END_BYTES) {
            int from = BufferUtil.flipToFill(sizes);
            sizes.put(content);
            BufferUtil.flipToFlush(sizes, from);
            lineEnd(sizes);
        }
    }

    /** Appends the line end behind a chunk that has been sent without it. */
    private Result lineEnd(ByteBuffer chunk) {
        if (chunk == null) {
            return Result.NEED_CHUNK;
        }
        int from = BufferUtil.flipToFill(chunk);
        BufferUtil.putCRLF(chunk);
        BufferUtil.flipToFlush(chunk, from);
        chunkOpen = false;
        lineEndSent = true;
        return Result.FLUSH;
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
