package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnAddressTest {
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"127.0.0.1, 127.0.0.1:8000", "localhost, localhost:8000", "::1, [::1]:8000"})
    void where_it_listens_is_where_others_find_it(String host, String address) {
        assertEquals(address, OwnAddress.of(host, 8000));
    }

    @Test
    void one_that_listens_everywhere_is_at_an_address_of_this_machine() throws Exception {
        String address = OwnAddress.of("0.0.0.0", 8000);
        assertTrue(address.endsWith(":8000"), address);
        InetAddress host = InetAddress.getByName(address.substring(0, address.length() - ":8000".length()));
        assertTrue(host.isAnyLocalAddress() || NetworkInterface.getByInetAddress(host) != null, address);
    }
}
