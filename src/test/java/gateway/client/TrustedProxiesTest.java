package gateway.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import gateway.client.TrustedProxies.Header;
import gateway.net.Networks;
import gateway.net.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a request comes from; 10.0.0.0/8 and fd00::/8 are trusted proxies here, and lines are separated by ~. */
class TrustedProxiesTest {
    private static final Networks PROXIES = Networks.parse("10.0.0.0/8, fd00::/8");
    private static final TrustedProxies PLAIN = new TrustedProxies(PROXIES, Header.X_FORWARDED_FOR);
    private static final TrustedProxies STANDARD = new TrustedProxies(PROXIES, Header.FORWARDED);

    private static InetAddress address(String text) {
        return Networks.address(text).orElseThrow();
    }

    private static String client(TrustedProxies by, String peer, String lines) {
        return Peer.text(by.client(address(peer), lines == null ? List.of() : List.of(lines.split("~", -1))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing said                        | 10.0.0.1  |                                   | 10.0.0.1",
                "an empty header                     | 10.0.0.1  | ''                                | 10.0.0.1",
                "one client                          | 10.0.0.1  | 1.2.3.4                           | 1.2.3.4",
                "a stranger says                     | 9.9.9.9   | 1.2.3.4                           | 9.9.9.9",
                "a stranger claims to be a proxy     | 9.9.9.9   | 1.2.3.4, 10.0.0.2                 | 9.9.9.9",
                "two proxies                         | 10.0.0.1  | 1.2.3.4, 10.0.0.2                 | 1.2.3.4",
                "three proxies                       | 10.0.0.1  | 1.2.3.4, 10.3.3.3, 10.0.0.2       | 1.2.3.4",
                "the client claims another           | 10.0.0.1  | 6.6.6.6, 1.2.3.4                  | 1.2.3.4",
                "the client claims a proxy           | 10.0.0.1  | 10.6.6.6, 1.2.3.4                 | 1.2.3.4",
                "claims and a chain                  | 10.0.0.1  | 6.6.6.6, 10.6.6.6, 1.2.3.4, 10.0.0.2 | 1.2.3.4",
                "all are proxies                     | 10.0.0.1  | 10.0.0.3, 10.0.0.2                | 10.0.0.3",
                "no spaces                           | 10.0.0.1  | 6.6.6.6,1.2.3.4,10.0.0.2          | 1.2.3.4",
                "tabs and spaces                     | 10.0.0.1  | '6.6.6.6 ,\t1.2.3.4 , 10.0.0.2 '  | 1.2.3.4",
                "two lines                           | 10.0.0.1  | 6.6.6.6~1.2.3.4                   | 1.2.3.4",
                "two lines of two                    | 10.0.0.1  | 6.6.6.6, 1.2.3.4~10.0.0.3, 10.0.0.2 | 1.2.3.4",
                "a line of the client's, empty       | 10.0.0.1  | ~1.2.3.4                          | 1.2.3.4",
                "a last line that is empty           | 10.0.0.1  | 1.2.3.4~                          | 10.0.0.1",
                "a comma too many at the right       | 10.0.0.1  | '1.2.3.4,'                        | 10.0.0.1",
                "a comma too many between proxies    | 10.0.0.1  | '1.2.3.4,,10.0.0.2'               | 10.0.0.2",
                "junk of the client's                | 10.0.0.1  | '<x>, 1.2.3.4'                    | 1.2.3.4",
                "junk beside a proxy                 | 10.0.0.1  | '1.2.3.4, <x>, 10.0.0.2'          | 10.0.0.2",
                "junk from the peer                  | 10.0.0.1  | '1.2.3.4, junk'                   | 10.0.0.1",
                "unknown                             | 10.0.0.1  | '1.2.3.4, unknown'                | 10.0.0.1",
                "a name                              | 10.0.0.1  | localhost                         | 10.0.0.1",
                "a port                              | 10.0.0.1  | 1.2.3.4:56789                     | 1.2.3.4",
                "a port of five digits at most       | 10.0.0.1  | 1.2.3.4:567890                    | 10.0.0.1",
                "a port that is none                 | 10.0.0.1  | 1.2.3.4:x                         | 10.0.0.1",
                "a colon without a port              | 10.0.0.1  | '1.2.3.4:'                        | 10.0.0.1",
                "IPv6                                | 10.0.0.1  | 2001:db8::1                       | 2001:db8::1",
                "IPv6 in brackets                    | 10.0.0.1  | [2001:db8::1]                     | 2001:db8::1",
                "IPv6 with a port                    | 10.0.0.1  | [2001:db8::1]:443                 | 2001:db8::1",
                "IPv6 with a bad port                | 10.0.0.1  | [2001:db8::1]443                  | 10.0.0.1",
                "an open bracket                     | 10.0.0.1  | [2001:db8::1                      | 10.0.0.1",
                "IPv4 in brackets                    | 10.0.0.1  | [1.2.3.4]                         | 10.0.0.1",
                "IPv4 in brackets with a port        | 10.0.0.1  | [1.2.3.4]:80                      | 10.0.0.1",
                "a proxy by IPv6                     | fd00::1   | 1.2.3.4, fd00::2                  | 1.2.3.4",
                "IPv6 from outside                   | fd00::1   | 6.6.6.6, 2001:db8::1, fd00::2     | 2001:db8::1",
                "a zone                              | 10.0.0.1  | fe80::1%eth0                      | fe80::1",
                "a zone of a proxy                   | 10.0.0.1  | 1.2.3.4, fd00::2%3                | 1.2.3.4",
                "a zone, encoded, with a port        | 10.0.0.1  | [fe80::1%25eth0]:80               | fe80::1",
                "a mapped client                     | 10.0.0.1  | ::ffff:1.2.3.4                    | 1.2.3.4",
                "a mapped proxy                      | 10.0.0.1  | 1.2.3.4, ::ffff:10.0.0.2          | 1.2.3.4",
                "a mapped peer                       | ::ffff:10.0.0.1 | 1.2.3.4                     | 1.2.3.4",
                "a mapped client in hex              | 10.0.0.1  | ::ffff:102:304                    | 1.2.3.4",
                "octal                               | 10.0.0.1  | 010.0.0.2                         | 10.0.0.1",
                "hex                                 | 10.0.0.1  | 0x0a000002                        | 10.0.0.1",
                "one number                          | 10.0.0.1  | 167772162                         | 10.0.0.1",
                "two numbers                         | 10.0.0.1  | 10.2                              | 10.0.0.1",
                "a network                           | 10.0.0.1  | 1.2.3.0/24                        | 10.0.0.1",
                "a wildcard                          | 10.0.0.1  | 1.2.3.*                           | 10.0.0.1",
                "a range                             | 10.0.0.1  | 1.2.3.4-5                         | 10.0.0.1",
                "in quotes                           | 10.0.0.1  | '\"1.2.3.4\"'                     | 10.0.0.1",
                "what Forwarded would have           | 10.0.0.1  | for=1.2.3.4                       | 10.0.0.1",
            })
    void x_forwarded_for_is_read_from_the_right_as_far_as_proxies_are_trusted(
            String what, String peer, String lines, String client) {
        assertEquals(client, client(PLAIN, peer, lines));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nothing said                     | 10.0.0.1 |                                         | 10.0.0.1",
                "one client                       | 10.0.0.1 | for=1.2.3.4                             | 1.2.3.4",
                "a stranger says                  | 9.9.9.9  | for=1.2.3.4                             | 9.9.9.9",
                "the name in capitals             | 10.0.0.1 | FOR=1.2.3.4                             | 1.2.3.4",
                "with the rest                    | 10.0.0.1 | by=10.0.0.1;for=1.2.3.4;proto=https;host=x | 1.2.3.4",
                "spaces round semicolons          | 10.0.0.1 | by=10.0.0.1 ; for=1.2.3.4 ; proto=http  | 1.2.3.4",
                "semicolons too many              | 10.0.0.1 | ;for=1.2.3.4;;                          | 1.2.3.4",
                "a space before the equals sign   | 10.0.0.1 | for =1.2.3.4                            | 10.0.0.1",
                "a space behind it                | 10.0.0.1 | for= 1.2.3.4                            | 10.0.0.1",
                "no equals sign                   | 10.0.0.1 | for                                     | 10.0.0.1",
                "an address alone                 | 10.0.0.1 | 1.2.3.4                                 | 10.0.0.1",
                "no for                           | 10.0.0.1 | proto=https                             | 10.0.0.1",
                "two fors                         | 10.0.0.1 | for=6.6.6.6;for=1.2.3.4                 | 10.0.0.1",
                "quoted                           | 10.0.0.1 | for=\"1.2.3.4\"                         | 1.2.3.4",
                "quoted with a port               | 10.0.0.1 | for=\"1.2.3.4:80\"                      | 1.2.3.4",
                "a made-up port                   | 10.0.0.1 | for=\"1.2.3.4:_p.1-x\"                  | 1.2.3.4",
                "a made-up name                   | 10.0.0.1 | for=_hidden                             | 10.0.0.1",
                "unknown                          | 10.0.0.1 | for=unknown                             | 10.0.0.1",
                "IPv6                             | 10.0.0.1 | for=\"[2001:db8::1]\"                   | 2001:db8::1",
                "IPv6 with a port                 | 10.0.0.1 | for=\"[2001:db8::1]:4711\"              | 2001:db8::1",
                "IPv6 without its quotes          | 10.0.0.1 | for=[2001:db8::1]                       | 2001:db8::1",
                "an escaped digit                 | 10.0.0.1 | for=\"1.2.3.\\4\"                       | 1.2.3.4",
                "two proxies                      | 10.0.0.1 | for=1.2.3.4, for=10.0.0.2               | 1.2.3.4",
                "two lines                        | 10.0.0.1 | for=6.6.6.6~for=1.2.3.4                 | 1.2.3.4",
                "the client claims another        | 10.0.0.1 | for=6.6.6.6, for=1.2.3.4, for=10.0.0.2  | 1.2.3.4",
                "the client leaves a quote open   | 10.0.0.1 | for=\"6.6.6.6, for=1.2.3.4              | 1.2.3.4",
                "the client ends in an escape     | 10.0.0.1 | for=\"6.6.6.6\\, for=1.2.3.4            | 1.2.3.4",
                "a comma in a host                | 10.0.0.1 | for=1.2.3.4;host=\"a,for=6.6.6.6\"      | 1.2.3.4",
                "a semicolon in a host            | 10.0.0.1 | for=1.2.3.4;host=\"a;for=6.6.6.6\"      | 1.2.3.4",
                "quotes in a host                 | 10.0.0.1 | for=1.2.3.4;host=\"a\\\",for=6.6.6.6;x=\\\"\" | 1.2.3.4",
                "an escape before the last quote  | 10.0.0.1 | for=6.6.6.6,for=1.2.3.4;host=\"a\\\\\"  | 1.2.3.4",
                "a quote that doesn't end         | 10.0.0.1 | for=1.2.3.4;host=\"a                    | 10.0.0.1",
                "an escape that escapes nothing   | 10.0.0.1 | for=1.2.3.4;host=\"a\\                  | 10.0.0.1",
                "something behind a quote         | 10.0.0.1 | for=\"1.2.3.4\"5                        | 10.0.0.1",
                "junk beside a proxy              | 10.0.0.1 | for=1.2.3.4, <x>, for=10.0.0.2          | 10.0.0.2",
                "an empty element                 | 10.0.0.1 | for=1.2.3.4, , for=10.0.0.2             | 10.0.0.2",
            })
    void forwarded_is_read_likewise(String what, String peer, String lines, String client) {
        assertEquals(client, client(STANDARD, peer, lines));
    }

    @Test
    void who_trusts_nobody_believes_nobody() {
        assertFalse(TrustedProxies.NOBODY.trusts(address("127.0.0.1")));
        assertEquals("127.0.0.1", client(TrustedProxies.NOBODY, "127.0.0.1", "1.2.3.4"));
    }

    @Test
    void who_trusts_everybody_gets_the_first() {
        TrustedProxies gullible = new TrustedProxies(Networks.parse("0.0.0.0/0,::/0"), Header.X_FORWARDED_FOR);
        assertEquals("6.6.6.6", client(gullible, "1.1.1.1", "6.6.6.6, 2001:db8::1, 1.2.3.4"));
    }

    @Test
    void a_chain_longer_than_any_ends_the_walk() {
        String proxies = String.join(",", Collections.nCopies(TrustedProxies.MOST_PROXIES - 1, "10.0.0.2"));
        assertEquals("1.2.3.4", client(PLAIN, "10.0.0.1", "1.2.3.4," + proxies));
        assertEquals("10.0.0.3", client(PLAIN, "10.0.0.1", "1.2.3.4,10.0.0.3," + proxies));
    }

    @Test
    void a_header_of_a_megabyte_is_no_work() {
        int million = 1 << 20;
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertEquals("10.0.0.2", client(PLAIN, "10.0.0.1", "10.0.0.2,".repeat(million / 9) + "10.0.0.2"));
            assertEquals("10.0.0.1", client(PLAIN, "10.0.0.1", "1".repeat(million)));
            assertEquals("10.0.0.1", client(PLAIN, "10.0.0.1", ":".repeat(million)));
            assertEquals("10.0.0.1", client(PLAIN, "10.0.0.1", ",".repeat(million)));
            assertEquals("10.0.0.1", client(STANDARD, "10.0.0.1", "\\".repeat(million) + "\""));
            assertEquals("10.0.0.1", client(STANDARD, "10.0.0.1", "\\\"".repeat(million / 2)));
            assertEquals(
                    "10.0.0.2", client(STANDARD, "10.0.0.1", "for=10.0.0.2,".repeat(million / 13) + "for=10.0.0.2"));
        });
    }

    @Test
    void the_way_is_told_from_the_client_to_the_peer_without_what_nobody_vouches_for() {
        HttpFields.Mutable fields = HttpFields.build()
                .add("X-Forwarded-For", "6.6.6.6")
                .add("x-forwarded-for", "1.2.3.4:5, [fd00::2]:80")
                .add("Forwarded", "for=7.7.7.7;proto=http;host=evil")
                .add("X-Forwarded-Proto", "HTTPS")
                .add("X-Forwarded-Host", "shop.example:8443");
        ProxyPath path = PLAIN.path(address("10.0.0.1"), fields);
        assertEquals("1.2.3.4, fd00::2, 10.0.0.1", path.text());
        assertEquals("https", path.proto());
        assertEquals("shop.example:8443", path.host());
    }

    @Test
    void what_was_asked_for_is_what_the_outermost_proxy_says() {
        HttpFields.Mutable fields = HttpFields.build()
                .add("X-Forwarded-For", "7.7.7.7")
                .add("X-Forwarded-Proto", "http")
                .add("X-Forwarded-Host", "evil")
                .add("Forwarded", "for=6.6.6.6;proto=http;host=evil")
                .add(
                        "Forwarded",
                        "for=1.2.3.4;proto=https;host=\"shop.example:8443\", for=10.0.0.2;proto=http;host=inner");
        ProxyPath path = STANDARD.path(address("10.0.0.1"), fields);
        assertEquals("1.2.3.4, 10.0.0.2, 10.0.0.1", path.text());
        assertEquals("https", path.proto());
        assertEquals("shop.example:8443", path.host());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {"ftp | a b", "'https, http' | 'a, b'", "'' | ''", "https' | a/b", "h | a@b", "http:// | a\\b"})
    void what_is_no_scheme_and_no_host_is_not_passed_on(String proto, String host) {
        HttpFields.Mutable fields = HttpFields.build()
                .add("X-Forwarded-For", "1.2.3.4")
                .add("X-Forwarded-Proto", proto)
                .add("X-Forwarded-Host", host);
        ProxyPath path = PLAIN.path(address("10.0.0.1"), fields);
        assertNull(path.proto());
        assertNull(path.host());
    }

    @Test
    void what_is_said_twice_is_not_passed_on() {
        HttpFields.Mutable fields = HttpFields.build()
                .add("X-Forwarded-Proto", "https")
                .add("X-Forwarded-Proto", "http")
                .add("X-Forwarded-Host", "evil")
                .add("X-Forwarded-Host", "shop.example");
        ProxyPath path = PLAIN.path(address("10.0.0.1"), fields);
        assertEquals("10.0.0.1", path.text());
        assertNull(path.proto());
        assertNull(path.host());
    }
}
