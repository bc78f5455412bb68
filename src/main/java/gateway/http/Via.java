package gateway.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The entry that this gateway adds to the {@code Via} header (RFC 9110, 7.6.3) of everything that it forwards. It
 * contains a name made when the gateway started; so several gateways can be chained, and each recognises a request that
 * it has forwarded before.
 */
public final class Via {
    private static final String HTTP_1_1 = "HTTP/1.1";

    private final String name;
    private final String usual;

    /** @param id an id that no other gateway has */
    public Via(String id) {
        this.name = "api-gateway-" + id;
        this.usual = entry("1.1");
    }

    private String entry(String version) {
        return version + " " + name;
    }

    /**
     * Returns the entry for a request that came by this protocol.
     *
     * @param protocol like {@code HTTP/1.1}
     */
    public String entryFor(String protocol) {
        return protocol.equals(HTTP_1_1) ? usual : entry(protocol.substring(protocol.indexOf('/') + 1));
    }

    /**
     * Returns whether a request with these fields has passed this gateway before. Without a Via header, costs one look
     * at each field's name.
     */
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
