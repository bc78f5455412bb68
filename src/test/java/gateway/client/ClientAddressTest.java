package gateway.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static ClientAddress of(String address) throws Exception {
        return ClientAddress.of(InetAddress.getByName(address));
    }

    @ParameterizedTest(name = "{0}: {1} counts as {2}")
    @CsvSource({
        "an IPv4 address, 192.0.2.7, 192.0.2.7",
        "the highest IPv4 address, 255.255.255.255, 255.255.255.255",
        "an IPv4-mapped address, ::ffff:192.0.2.7, 192.0.2.7",
        "an IPv6 address, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "IPv4 loopback, 127.0.0.1, 127.0.0.1",
        "IPv6 loopback, ::1, 127.0.0.1",
        "IPv6 loopback in full, 0:0:0:0:0:0:0:1, 127.0.0.1",
        "mapped loopback, ::ffff:127.0.0.1, 127.0.0.1",
        "another loopback address, 127.0.0.2, 127.0.0.2",
        "beside IPv6 loopback, ::2, ::/64",
        "a link-local address that ends likewise, fe80::1, fe80::/64",
        "a network with a zero, 2001:db8:0:1::7, 2001:db8:0:1::/64",
        "a network with zeros, 2001:db8::7, 2001:db8::/64",
    })
    void addresses_count_as(String what, String address, String client) throws Exception {
        assertEquals(client, of(address).toString());
    }

    @Test
    void one_ipv6_subscriber_cannot_walk_through_its_addresses() throws Exception {
        assertEquals(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assertNotEquals(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
    }

    @Test
    void neighbours_are_apart() throws Exception {
        assertNotEquals(of("192.0.2.7"), of("192.0.2.8"));
        assertNotEquals(of("192.0.2.7").hashCode(), of("192.0.2.8").hashCode());
    }

    @Test
    void a_value_is_kept_as_the_beginning_of_its_hash_and_is_no_address() throws Exception {
        ClientAddress hashed = ClientAddress.hashed("hello");
        assertEquals("sha256:2cf24dba5fb0a30", hashed.toString()); // printf hello | sha256sum
        assertEquals(hashed, ClientAddress.hashed("hello"));
        assertTrue(hashed.isHashed());
        for (String address :
                new String[] {"192.0.2.7", "::1", "64:ff9b::1", "2001:db8::1", "fd00::1", "fe80::1", "ff02::1"}) {
            assertFalse(of(address).isHashed(), address);
        }
        assertFalse(ClientAddress.ALL.isHashed());
        assertEquals("all", ClientAddress.ALL.toString());
    }
}
