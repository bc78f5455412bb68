package gateway.proxy.upstream;

import gateway.net.ServiceUrl;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import okhttp3.HttpUrl;

/**
 * Makes the URLs of one backend with path and query byte for byte as the client sent them.
 *
 * <p>OkHttp's own ways to an HttpUrl resolve dot segments, turn {@code \} into {@code /} and encode anew what they find
 * encoded badly; a gateway must pass on what it got. HttpUrl's private constructor takes the parts as they are. It is
 * looked up once, when this class is loaded, and {@code OkHttpInternalsTest} fails when an upgrade changes it. It also
 * spares parsing a URL for each request.
 */
final class RawUrl {
    private static final MethodHandle CONSTRUCTOR = constructor();
    private static final List<String> NO_SEGMENTS = List.of("");
    private static final List<String> SOME_QUERY = List.of("");

    private final String scheme;
    private final String host;
    private final int port;
    private final String prefix;

    /** The path of its URL, without a slash at the end. */
    final String pathPrefix;

    /** What follows a request's target in its first line, and the Host header, without the line end behind it. */
    final String hostLine;

    /** @throws IllegalArgumentException if OkHttp can't call such a host */
    RawUrl(ServiceUrl service) {
        HttpUrl url = HttpUrl.get(service.toString());
        this.scheme = url.scheme();
        this.host = url.host();
        this.port = url.port();
        this.prefix = service.toString();
        this.pathPrefix = url.encodedPath().equals("/") ? "" : url.encodedPath();
        String authority = host.indexOf(':') < 0 ? host : '[' + host + ']';
        this.hostLine =
                " HTTP/1.1\r\nHost: " + (port == HttpUrl.defaultPort(scheme) ? authority : authority + ':' + port);
    }

    /**
     * Returns the URL for this path and query.
     *
     * @param path starts with a slash
     * @param query without the question mark; null if there is none
     */
    HttpUrl with(String path, String query) {
        String url = query == null ? prefix + path : prefix + path + '?' + query;
        List<String> queryParts = query == null ? null : SOME_QUERY;
        String fragment = null;
        try {
            return (HttpUrl)
                    CONSTRUCTOR.invokeExact(scheme, "", "", host, port, NO_SEGMENTS, queryParts, fragment, url);
        } catch (Throwable e) {
            throw new IllegalStateException("OkHttp refused " + url, e);
        }
    }

    private static MethodHandle constructor() {
        try {
            var constructor = HttpUrl.class.getDeclaredConstructor(
                    String.class,
                    String.class,
                    String.class,
                    String.class,
                    int.class,
                    List.class,
                    List.class,
                    String.class,
                    String.class);
            constructor.setAccessible(true);
            return MethodHandles.lookup().unreflectConstructor(constructor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This OkHttp has another HttpUrl constructor; RawUrl must follow it", e);
        }
    }
}
