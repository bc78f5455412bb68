package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @ParameterizedTest(name = "{0} has {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/8              | 10.255.255.255     | true",
                "10.0.0.0/8              | 11.0.0.0           | false",
                "10.0.0.0/8              | ::ffff:10.1.2.3    | true",
                "10.0.0.0/8              | ::10.1.2.3         | false",
                "192.0.2.7               | 192.0.2.7          | true",
                "192.0.2.7               | 192.0.2.8          | false",
                "0.0.0.0/0               | 1.2.3.4            | true",
                "0.0.0.0/0               | 2001:db8::1        | false",
                "::/0                    | 2001:db8::1        | true",
                "::/0                    | 1.2.3.4            | false",
                "2001:db8::/33           | 2001:db8:7fff::1   | true",
                "2001:db8::/33           | 2001:db8:8000::1   | false",
                "fe80::/10               | fe80::1%lo         | true",
                "::ffff:192.0.2.7        | 192.0.2.7          | true",
                "10.0.0.0/8, 2001:db8::/32 | 2001:db8::1      | true",
                "'10.0.0.0/8,,'          | 10.0.0.1           | true",
            })
    void an_address_is_in_a_network_or_not(String networks, String address, boolean in) {
        assertEquals(
                in, Networks.parse(networks).contains(Networks.address(address).orElseThrow()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8  | 10.0.0.1/8 has bits beyond its prefix; did you mean 10.0.0.0/8?",
                "10          | 10 isn't a network; expected networks or addresses like",
                "10.0.0      | 10.0.0 isn't a network",
                "010.0.0.1   | 010.0.0.1 isn't a network",
                "0x0a000001  | 0x0a000001 isn't a network",
                "10.0.0.*    | 10.0.0.* isn't a network",
                "10.0.0.1-9  | 10.0.0.1-9 isn't a network",
                "10.0.0.0/33 | 10.0.0.0/33 isn't a network",
                "/8          | /8 isn't a network",
                "localhost   | localhost isn't a network",
                "fe80::1%lo  | fe80::1%lo isn't a network",
                "*           | * isn't a network",
            })
    void what_is_no_network_is_named(String text, String words) {
        Exception bad = assertThrows(IllegalArgumentException.class, () -> Networks.parse("192.0.2.7, " + text));
        assertTrue(bad.getMessage().startsWith(words), bad.getMessage());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "::1, 0:0:0:0:0:0:0:1",
        "::ffff:192.0.2.7, 192.0.2.7",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
    })
    void an_address_is_read(String text, String address) {
        assertEquals(
                address, Networks.address(text).map(InetAddress::getHostAddress).orElse("none"));
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1.2",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "0x1020304",
                "16909060",
                "1.2.3.4/32",
                "1.2.3.*",
                "1.2.3.4-5",
                "*",
                ":",
                "::1::",
                "[::1]",
                "1.2.3.4:80",
                "localhost",
                "a.b.c.d",
                "::ffff:1.2.3",
                "::ffff:010.1.2.3",
                "12345::",
                "1.2.3.4, 5.6.7.8",
                "１.２.３.４"
            })
    void what_is_no_address_is_none(String text) {
        assertTrue(Networks.address(text).isEmpty());
    }

    @Test
    void none_has_nothing() {
        assertTrue(Networks.NONE.isEmpty());
        assertTrue(Networks.parse("").isEmpty());
        assertTrue(Networks.parse(" , ").isEmpty());
        assertFalse(Networks.NONE.contains(InetAddress.getLoopbackAddress()));
    }

    @Test
    void they_are_shown_in_one_form() {
        assertEquals(
                "10.0.0.0/8,2001:db8::/32",
                Networks.parse(" 10.0.0.0/8 ,2001:DB8:0::/32").toString());
        assertEquals(Networks.parse("2001:db8::/32"), Networks.parse("2001:0db8::/32"));
    }
}
