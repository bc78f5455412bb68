package gateway.proxy.upstream;

import gateway.net.ServiceUrl;
import java.nio.charset.StandardCharsets;
import okhttp3.HttpUrl;

/** A backend's URL as requests need it: what comes before and behind the path that the client sent. */
final class BackendUrl {
    /** The URL itself, for opening connections. */
    final HttpUrl url;

    /** The path of the URL, without a slash at the end. */
    final String pathPrefix;

    /** The Host header with its line end. */
    final byte[] hostLine;

    /** Whether it is reached by TLS and a name: perhaps one site among others at its address. */
    final boolean isSite;

    /** @throws IllegalArgumentException if OkHttp can't call such a host */
    BackendUrl(ServiceUrl service) {
        this.url = HttpUrl.get(service.toString());
        this.pathPrefix = url.encodedPath().equals("/") ? "" : url.encodedPath();
        String host = url.host().indexOf(':') < 0 ? url.host() : '[' + url.host() + ']';
        String authority = url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ':' + url.port();
        this.hostLine = ("Host: " + authority + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        this.isSite = url.isHttps() && service.address().isEmpty();
    }
}
