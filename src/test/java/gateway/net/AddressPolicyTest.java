package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPolicyTest {
    private static final ServiceAddresses ANYWHERE = new ServiceAddresses(Networks.NONE);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int OWN_PORT = 8000;

    private static Optional<String> objection(AddressPolicy policy, String url) {
        return policy.objection(ServiceUrl.parse(url), Set.of(OWN_PORT, 9999));
    }

    /** Where each name stands for these addresses. */
    private static AddressPolicy named(String... addresses) {
        InetAddress[] found = Arrays.stream(addresses)
                .map(address -> Networks.address(address).orElseThrow())
                .toArray(InetAddress[]::new);
        return new AddressPolicy(ANYWHERE, new NameLookup(host -> found), LONG);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a literal         | http://169.254.169.254             | 169.254.169.254, a link-local address",
                "a mapped literal  | http://[::ffff:169.254.169.254]    | 169.254.169.254, a link-local address",
                "one number        | http://2852039166/                 | 169.254.169.254, a link-local address",
                "two numbers       | http://169.16689662/               | 169.254.169.254, a link-local address",
                "three numbers     | http://169.254.43518/              | 169.254.169.254, a link-local address",
                "one zero          | http://0:9000                      | 0.0.0.0, an unspecified address",
            })
    void however_it_is_written_an_address_is_known(String what, String url, String words) {
        assertEquals(
                Optional.of("leads to " + words + ", which is not allowed for a service"),
                objection(new AddressPolicy(ANYWHERE, new NameLookup(), LONG), url));
    }

    @Test
    void all_addresses_of_a_name_are_looked_at() {
        assertEquals(Optional.empty(), objection(named("192.0.2.7", "10.0.0.1"), "http://name:80"));
        assertEquals(
                Optional.of("leads to 169.254.169.254, a link-local address, which is not allowed for a service"),
                objection(named("192.0.2.7", "169.254.169.254"), "http://name:80"));
    }

    @Test
    void the_gateway_itself_is_known_by_address_and_port() {
        assertEquals(
                Optional.of("is the gateway's own address"),
                objection(named("192.0.2.7", "127.0.0.1"), "http://name:" + OWN_PORT));
        assertEquals(Optional.empty(), objection(named("127.0.0.1"), "http://name:" + (OWN_PORT + 1)));
        assertEquals(Optional.empty(), objection(named("192.0.2.7"), "http://name:" + OWN_PORT));
    }

    @Test
    void a_name_that_stands_for_nothing_may_register() {
        AddressPolicy none = new AddressPolicy(
                ANYWHERE,
                new NameLookup(host -> {
                    throw new UnknownHostException(host);
                }),
                LONG);
        assertEquals(Optional.empty(), objection(none, "http://name:80"));
    }

    @Test
    void a_slow_name_server_is_not_waited_for() {
        CountDownLatch never = new CountDownLatch(1);
        NameLookup slow = new NameLookup(host -> {
            try {
                never.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new InetAddress[] {InetAddress.getByName("169.254.169.254")};
        });
        AddressPolicy policy = new AddressPolicy(ANYWHERE, slow, Duration.ofMillis(20));
        for (int i = 0; i < 20; i++) {
            assertEquals(Optional.empty(), objection(policy, "http://name" + i + ":80"), "let through, unlooked at");
        }
        never.countDown();
    }
}
