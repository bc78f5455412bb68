package gateway.server;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Sets the {@code Host} of an HTTP/2 request to its {@code :authority} (RFC 9113, 8.3.1). So code that reads {@code
 * Host} works with both versions, and no client can send two different hosts.
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
