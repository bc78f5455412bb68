package gateway.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * What this gateway writes into {@code Via} (RFC 9110, 7.6.3) of all that it sends on. The name is its own, made when it
 * started, so that several gateways can stand one behind the other, and one knows a request that it has sent on before.
 */
public final class Via {
    private static final String HTTP_1_1 = "HTTP/1.1";

    private final String name;
    private final String usual;

    /** @param id tells this gateway from all others */
    public Via(String id) {
        this.name = "api-gateway-" + id;
        this.usual = entry("1.1");
    }

    private String entry(String version) {
        return version + " " + name;
    }

    /**
     * What is added for a request that came by this protocol.
     *
     * @param protocol like {@code HTTP/1.1}
     */
    public String entryFor(String protocol) {
        return protocol.equals(HTTP_1_1) ? usual : entry(protocol.substring(protocol.indexOf('/') + 1));
    }

    /** Whether a request with these fields has passed this gateway. Without a Via that costs a look at each name. */
    public boolean hasPassed(HttpFields fields) {
        for (HttpField field : fields) {
            if (field.getHeader() == HttpHeader.VIA
                    && field.getValue() != null
                    && field.getValue().contains(name)) {
                return true;
            }
        }
        return false;
    }
}
