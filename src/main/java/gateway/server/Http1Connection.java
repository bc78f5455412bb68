package gateway.server;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;

/**
 * A client's connection of HTTP/1.1 or HTTP/1.0, read as strictly as a gateway must: what a client and a service could
 * read differently is refused with the connection, before any handler. Jetty alone is more forgiving:
 *
 * <ul>
 * <li>It believes a Transfer-Encoding in HTTP/1.0, which other servers don't know, so that what follows the head could
 * be a second request (RFC 9112, 6.1).
 * <li>It takes a list for chunked that has other codings, or nothing, before it (RFC 9112, 6.3).
 * <li>It takes a chunked body for whole whose last empty line is missing, or that ends between the CR and LF of a chunk
 * (RFC 9112, 8).
 * <li>It skips colons before a request.
 * <li>It answers 100 to a client of HTTP/1.0, which takes that for the answer (RFC 9110, 10.1.1).
 * <li>It refuses an Upgrade without {@code Connection: Upgrade}, which is to be ignored (RFC 9110, 7.8).
 * </ul>
 */
final class Http1Connection extends HttpConnection {
    private final ReentrantLock filling = new ReentrantLock();

    Http1Connection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    /**
     * Reads what has come, one thread at a time. Jetty answers a bad request on another thread, which may go on to read
     * from the connection while this one is still about to leave it: both would give the same buffer back to the pool,
     * and two later connections would share it. Then clients got each other's bytes, and requests were read twice.
     */
    @Override
    public void onFillable() {
        filling.lock();
        try {
            super.onFillable();
        } finally {
            filling.unlock();
        }
    }

    @Override
    protected HttpParser newHttpParser(HttpCompliance compliance) {
        HttpParser usual = super.newHttpParser(compliance);
        HttpParser strict = new WholeMessages(
                (HttpParser.RequestHandler) usual.getHandler(),
                getHttpConfiguration().getRequestHeaderSize(),
                compliance);
        strict.setHeaderCacheSize(usual.getHeaderCacheSize());
        strict.setHeaderCacheCaseSensitive(usual.isHeaderCacheCaseSensitive());
        return strict;
    }

    @Override
    protected HttpGenerator newHttpGenerator() {
        return new Http1Generator();
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        try {
            return new ClientMessage(method, uri, version);
        } catch (IllegalArgumentException e) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "Its target isn't a URI", e);
        }
    }

    /** A parser for which messages begin with their first letter, and end only where they say so. */
    private static final class WholeMessages extends HttpParser {
        WholeMessages(RequestHandler handler, int headerBytes, HttpCompliance compliance) {
            super(handler, headerBytes, compliance);
        }

        @Override
        public boolean parseNext(ByteBuffer buffer) {
            if (isAtEOF() && !buffer.hasRemaining() && (isState(State.TRAILER) || isState(State.CHUNK_END))) {
                badMessage(new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "The body ended early"));
                return false;
            }
            if (isState(State.START) && beginsWithColon(buffer)) {
                getHandler().messageBegin();
                badMessage(new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "It begins with a colon"));
                BufferUtil.clear(buffer);
                return false;
            }
            return super.parseNext(buffer);
        }

        private static boolean beginsWithColon(ByteBuffer buffer) {
            int first = buffer.position();
            while (first < buffer.limit() && (buffer.get(first) == '\r' || buffer.get(first) == '\n')) {
                first++;
            }
            return first < buffer.limit() && buffer.get(first) == ':';
        }
    }

    /** A message whose header fields mean no more than its version of HTTP allows. */
    private final class ClientMessage extends HttpStreamOverHTTP1 {
        private final boolean isHttp10;
        private List<HttpField> upgrades; // null for none
        private boolean mayUpgrade;

        ClientMessage(String method, String uri, HttpVersion version) {
            super(method, uri, version);
            this.isHttp10 = version == HttpVersion.HTTP_1_0;
        }

        @Override
        public void parsedHeader(HttpField field) {
            HttpHeader known = field.getHeader();
            if (known == HttpHeader.UPGRADE) {
                if (upgrades == null) {
                    upgrades = new ArrayList<>(1);
                }
                upgrades.add(field); // its Connection may follow
                return;
            }
            if (known == HttpHeader.TRANSFER_ENCODING) {
                checkCoding(field.getValue());
            }
            if (isHttp10 && known == HttpHeader.EXPECT) {
                return;
            }
            if (known == HttpHeader.CONNECTION && !isHttp10) {
                mayUpgrade |= field.contains(HttpHeaderValue.UPGRADE.asString());
            }
            super.parsedHeader(field);
        }

        private void checkCoding(String coding) {
            if (isHttp10) {
                throw new HttpException.RuntimeException(
                        HttpStatus.BAD_REQUEST_400, "HTTP/1.0 has no Transfer-Encoding");
            }
            if (!HttpHeaderValue.CHUNKED.is(coding)) {
                throw new HttpException.RuntimeException(
                        HttpStatus.NOT_IMPLEMENTED_501, "No transfer coding but chunked is understood");
            }
        }

        @Override
        public Runnable headerComplete() {
            if (upgrades != null && mayUpgrade) {
                upgrades.forEach(super::parsedHeader);
            }
            return super.headerComplete();
        }
    }
}
