package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceUrlTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "http://localhost:8001, http://localhost:8001",
        "http://localhost:8001/, http://localhost:8001",
        "HTTP://LocalHost:8001, http://localhost:8001",
        "http://example.org, http://example.org:80",
        "https://example.org, https://example.org:443",
        "http://10.0.0.1:1/base/path/, http://10.0.0.1:1/base/path",
        "http://[::1]:8001, http://[::1]:8001",
        "http://order_service:8080, http://order_service:8080",
    })
    void urls_are_brought_into_one_form(String text, String form) {
        assertEquals(form, ServiceUrl.parse(text).toString());
    }

    /** The settings looked names up, so that a dead name server held up the start. */
    @ParameterizedTest(name = "{0} is at {1}")
    @CsvSource({
        "http://localhost:8001, 127.0.0.1",
        "http://LOCALHOST, 127.0.0.1",
        "http://10.0.0.1:1, 10.0.0.1",
        "http://[::1]:8001, ::1",
        "http://[::ffff:10.0.0.1], 10.0.0.1",
        "http://ip6-localhost:8001, ''",
        "http://order_service:8080, ''",
    })
    void its_address_is_known_without_asking_anybody_or_not_at_all(String text, String address) {
        assertEquals(address, ServiceUrl.parse(text).address().map(Peer::text).orElse(""));
    }

    /** A name of 300 letters was taken, and listed as a service that can't be reached. */
    @Test
    void a_host_is_no_longer_than_a_name_can_be() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "b".repeat(61));
        assertEquals(253, longest.length());
        assertEquals(longest, ServiceUrl.parse("http://" + longest).host());
        assertEquals(
                longest + ".", ServiceUrl.parse("http://" + longest + ".:1").host());
        for (String tooLong : List.of("a".repeat(300), "b" + longest, label + "a", "x." + label + "a", label + "a.x")) {
            Exception refused =
                    assertThrows(IllegalArgumentException.class, () -> ServiceUrl.parse("http://" + tooLong));
            assertTrue(refused.getMessage().startsWith("must name a host"), refused.getMessage());
            assertFalse(refused.getMessage().contains(tooLong), refused.getMessage());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "localhost:8001, must start with http:// or https://",
        "ftp://localhost:8001, must start with http:// or https://",
        "/data, must start with http:// or https://",
        "http://, isn't a URL",
        "http://user@localhost:8001, must not carry a user name",
        "http://u:p@localhost:8001, must not carry a user name",
        "http://localhost:8001?x=1, must not have a query",
        "http://localhost:8001#top, must not have a query",
        "http://localhost:0, 'must have a port from 1 to 65535'",
        "http://localhost:65536, 'must have a port from 1 to 65535'",
        "http://localhost:-1, must name a host",
        "http://local host:8001, isn't a URL",
        "http://localhost:8001/a/../b, must not have . or ..",
        "http://localhost:8001/../b, must not have . or ..",
        "http://localhost:8001/%2e%2E/b, must not have . or ..",
        "http://localhost:8001/a//b, must not have . or ..",
        "http://a..b:8001, must name a host without empty parts",
        "http://.a:8001, must name a host without empty parts",
        "http://.:8001, must name a host without empty parts",
    })
    void what_no_service_can_have_is_refused_in_words(String text, String words) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> ServiceUrl.parse(text));
        assertTrue(refused.getMessage().startsWith(words), refused.getMessage());
    }
}
