package gateway.server;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);

    private long bytesBefore; // that the protocol before this one had read, behind a PROXY header

    Http1Connection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
        super(configuration, connector, endPoint);
    }

    @Override
    public void onUpgradeTo(ByteBuffer buffer) {
        bytesBefore += buffer.remaining();
        super.onUpgradeTo(buffer);
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
        return new HeadGenerator();
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        try {
            return new ClientMessage(method, uri, version);
        } catch (IllegalArgumentException e) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "Its target isn't a URI", e);
        }
    }

    /**
     * A parser for which messages begin with their first letter, end only where they say so, and are read once. Under
     * platform threads, Jetty now and then (1 of 100,000 connections on a busy machine, with chunked bodies) finds in its
     * buffer once more what it has read before; a service would get the request twice.
     */
    private final class WholeMessages extends HttpParser {
        private long parsed;

        WholeMessages(RequestHandler handler, int headerBytes, HttpCompliance compliance) {
            super(handler, headerBytes, compliance);
        }

        @Override
        public boolean parseNext(ByteBuffer buffer) {
            if (isAtEOF() && !buffer.hasRemaining() && (isState(State.TRAILER) || isState(State.CHUNK_END))) {
                badMessage(new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "The body ended early"));
                return false;
            }
            if (isState(State.START) && buffer.hasRemaining()) {
                if (beginsWithColon(buffer)) {
                    return refuse(buffer, "It begins with a colon");
                }
                if (parsed + buffer.remaining() > getBytesIn() + bytesBefore) {
                    LOG.error(
                            "Closed a client's connection: {} bytes came, and after {} another {} are to be read",
                            getBytesIn() + bytesBefore,
                            parsed,
                            buffer.remaining());
                    return refuse(buffer, "It is a request that was read before");
                }
            }
            int before = buffer.remaining();
            try {
                return super.parseNext(buffer);
            } finally {
                parsed += before - buffer.remaining();
            }
        }

        private boolean refuse(ByteBuffer buffer, String reason) {
            getHandler().messageBegin();
            badMessage(new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, reason));
            BufferUtil.clear(buffer);
            return false;
        }

        private boolean beginsWithColon(ByteBuffer buffer) {
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
