package gateway.server;

import java.util.List;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;

/**
 * Makes the fields of an HTTP/2 request those of HTTP/1.1:
 *
 * <ul>
 * <li>Sets {@code Host} to the request's {@code :authority}; where there is none, {@code Host} says it (RFC 9113, 8.3.1).
 * So code that reads either works with both versions, and no client can send two different hosts.
 * <li>Refuses fields that belong to a connection of HTTP/1.1 (RFC 9113, 8.2.2), and lengths that aren't plain numbers:
 * what doesn't frame this message could frame one that is made of it.
 * <li>Refuses CONNECT, which by HTTP/2 has no path (RFC 9113, 8.5): all code behind this finds one.
 * </ul>
 */
final class Http2Fields implements HttpConfiguration.Customizer {
    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            return request;
        }
        if (HttpMethod.CONNECT.is(request.getMethod())) {
            throw new HttpException.RuntimeException(HttpStatus.NOT_IMPLEMENTED_501, "CONNECT isn't supported");
        }
        HttpFields sent = request.getHeaders();
        for (HttpField field : sent) {
            check(field);
        }
        String authority = request.getHttpURI().getAuthority();
        if (authority != null && !authority.isEmpty()) {
            return with(
                    request,
                    request.getHttpURI(),
                    HttpFields.build(sent).put(HttpHeader.HOST, authority).asImmutable());
        }
        return sent.contains(HttpHeader.HOST) ? with(request, forHost(request), sent) : request;
    }

    private static HttpURI forHost(Request request) {
        List<String> hosts = request.getHeaders().getValuesList(HttpHeader.HOST);
        if (hosts.size() > 1) {
            throw refusal("It has several hosts");
        }
        try {
            HostPort host = new HostPort(hosts.get(0));
            return HttpURI.build(request.getHttpURI())
                    .authority(host.getHost(), host.getPort())
                    .asImmutable();
        } catch (IllegalArgumentException e) {
            throw refusal("Its Host isn't a host with a port");
        }
    }

    private static Request with(Request request, HttpURI uri, HttpFields fields) {
        return new Request.Wrapper(request) {
            @Override
            public HttpURI getHttpURI() {
                return uri;
            }

            @Override
            public HttpFields getHeaders() {
                return fields;
            }
        };
    }

    private static void check(HttpField field) {
        HttpHeader known = field.getHeader();
        if (known == null) {
            return;
        }
        switch (known) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE ->
                throw refusal("HTTP/2 has no " + known.asString());
            case CONTENT_LENGTH -> {
                if (!isNumber(field.getValue())) {
                    throw refusal("Its Content-Length isn't a number");
                }
            }
            default -> {} // frames nothing
        }
    }

    private static HttpException.RuntimeException refusal(String reason) {
        return new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, reason);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
