package gateway.server;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Gives a request of HTTP/2 the {@code Host} that one of HTTP/1.1 has: what is sent as {@code :authority} there (RFC
 * 9113, 8.3.1). So nobody who looks at {@code Host} has to know of both, and no client can say two different ones.
 */
final class HostOfAuthority implements HttpConfiguration.Customizer {
    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            return request;
        }
        String authority = request.getHttpURI().getAuthority();
        if (authority == null || authority.isEmpty()) {
            return request;
        }
        HttpFields fields = HttpFields.build(request.getHeaders())
                .put(HttpHeader.HOST, authority)
                .asImmutable();
        return new Request.Wrapper(request) {
            @Override
            public HttpFields getHeaders() {
                return fields;
            }
        };
    }
}
