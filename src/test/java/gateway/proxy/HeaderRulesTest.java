package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderRulesTest {
    @ParameterizedTest(name = "{0}: to the backend {1}, to the client {2}")
    @CsvSource({
        "Accept, true, true",
        "Cookie, true, true",
        "Authorization, true, true",
        "connection, false, false",
        "Keep-Alive, false, false",
        "Proxy-Connection, false, false",
        "Proxy-Authorization, false, false",
        "Proxy-Authenticate, false, false",
        "TE, false, false",
        "Trailer, false, false",
        "transfer-encoding, false, false",
        "Upgrade, false, false",
        "proxy-authentication-info, false, false",
        "x-request-id, false, true",
        "Host, false, true",
        "Content-Length, false, true",
        "Expect, false, true",
        "X-Forwarded-For, false, true",
        "x-forwarded-port, false, true",
        "Forwarded, false, true",
        "X-Real-IP, false, true",
        "X-Forwarded, true, true",
        "Set-Cookie, true, true",
    })
    void headers_pass(String name, boolean toBackend, boolean toClient) {
        assertEquals(toBackend, passesToBackend(name, Set.of()));
        assertEquals(toClient, passesToClient(name, Set.of()));
    }

    @Test
    void what_connection_names_stays_on_the_connection() {
        Set<String> named = HeaderRules.named(
                HttpFields.build().add("Connection", "keep-alive, X-One").add("connection", " x-two ,close,"));
        assertEquals(Set.of("X-One", "x-two"), named);
        assertEquals(false, passesToBackend("X-ONE", named));
        assertEquals(false, passesToClient("X-Two", named));
        assertEquals(true, passesToBackend("X-Three", named));
    }

    private static boolean passesToBackend(String name, Set<String> named) {
        return HeaderRules.passesToBackend(HttpHeader.CACHE.get(name), name, named);
    }

    private static boolean passesToClient(String name, Set<String> named) {
        return HeaderRules.passesToClient(HttpHeader.CACHE.get(name), name, named);
    }
}
