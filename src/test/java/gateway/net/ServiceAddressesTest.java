package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceAddressesTest {
    private static final ServiceAddresses ANYWHERE = new ServiceAddresses(Networks.NONE);

    private static Optional<String> objection(ServiceAddresses addresses, String address) {
        return addresses.objection(Networks.address(address).orElseThrow());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "loopback, 127.0.0.1",
        "loopback, 127.8.9.10",
        "loopback, ::1",
        "private, 10.0.0.1",
        "private, 172.16.0.1",
        "private, 192.168.0.1",
        "private, fd00::1",
        "shared, 100.64.0.1",
        "beside Alibaba's, 100.100.100.201",
        "public, 192.0.2.7",
        "public, 2001:db8::1",
        "mapped loopback, ::ffff:127.0.0.1",
        "compatible private, ::10.0.0.1",
        "NAT64 of public, 64:ff9b::192.0.2.7",
        "6to4 of public, 2002:c000:207::1",
        "Teredo of public, 2001:0:1:2:3:4:3fff:fdf8",
        "ISATAP of public, 2001:db8::5efe:192.0.2.7",
        "below link-local, 169.253.255.255",
        "above link-local, 169.255.0.0",
        "beside link-local, fec0::1",
    })
    void a_service_may_be(String what, String address) {
        assertEquals(Optional.empty(), objection(ANYWHERE, address));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "cloud metadata, 169.254.169.254, a link-local address",
        "container credentials, 169.254.170.2, a link-local address",
        "link-local, 169.254.0.0, a link-local address",
        "link-local, 169.254.255.255, a link-local address",
        "link-local, fe80::1, a link-local address",
        "link-local, febf::1, a link-local address",
        "link-local with a zone, fe80::1%lo, a link-local address",
        "AWS, fd00:ec2::254, the address of a cloud's metadata service",
        "AWS's other ones, fd00:ec2::23, the address of a cloud's metadata service",
        "Google, fd20:ce::254, the address of a cloud's metadata service",
        "Oracle, fd00:c1::a9fe:a9fe, the address of a cloud's metadata service",
        "Oracle, 192.0.0.192, the address of a cloud's metadata service",
        "Scaleway, fd00:42::42, the address of a cloud's metadata service",
        "Alibaba, 100.100.100.200, the address of a cloud's metadata service",
        "Azure, 168.63.129.16, the address of a cloud's metadata service",
        "unspecified, 0.0.0.0, an unspecified address",
        "this network, 0.1.2.3, an unspecified address",
        "unspecified, ::, an unspecified address",
        "multicast, 224.0.0.1, an address of no single host",
        "multicast, 239.255.255.250, an address of no single host",
        "multicast, ff02::1, an address of no single host",
        "reserved, 240.0.0.1, an address of no single host",
        "broadcast, 255.255.255.255, an address of no single host",
        "mapped, ::ffff:169.254.169.254, a link-local address",
        "mapped in hex, ::ffff:a9fe:a9fe, a link-local address",
        "compatible, ::169.254.169.254, which stands for a link-local address",
        "translated, ::ffff:0:169.254.169.254, which stands for a link-local address",
        "NAT64, 64:ff9b::169.254.169.254, which stands for a link-local address",
        "local NAT64, 64:ff9b:1::a9fe:a9fe, which stands for a link-local address",
        "NAT64 of metadata, 64:ff9b::100.100.100.200, which stands for the address of a cloud's metadata service",
        "6to4, 2002:a9fe:a9fe::1, which stands for a link-local address",
        "6to4 of unspecified, 2002::1, which stands for an unspecified address",
        "Teredo, 2001:0:1:2:3:4:5601:5601, which stands for a link-local address",
        "ISATAP, 2001:db8::5efe:169.254.169.254, which stands for a link-local address",
        "global ISATAP, 2001:db8::200:5efe:169.254.169.254, which stands for a link-local address",
    })
    void no_service_may_be(String what, String address, String kind) {
        String shown = Peer.text(Networks.address(address).orElseThrow());
        assertEquals(
                Optional.of(shown + ", " + kind + ", which is not allowed for a service"),
                objection(ANYWHERE, address));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "10.1.2.3, true",
        "::ffff:10.1.2.3, true",
        "2001:db8::7, true",
        "10.2.0.1, false",
        "127.0.0.1, false",
        "::1, false",
        "2001:db8:1::7, false",
    })
    void networks_narrow_it(String address, boolean allowed) {
        ServiceAddresses narrow = new ServiceAddresses(Networks.parse("10.1.0.0/16, 2001:db8::/48"));
        String shown = Peer.text(Networks.address(address).orElseThrow());
        assertEquals(
                allowed
                        ? Optional.empty()
                        : Optional.of(shown + ", which is outside the networks in GATEWAY_SERVICE_NETWORKS"),
                objection(narrow, address));
    }

    @Test
    void no_network_makes_what_is_forbidden_allowed() {
        ServiceAddresses wide = new ServiceAddresses(Networks.parse("0.0.0.0/0, ::/0"));
        assertEquals(
                Optional.of("169.254.169.254, a link-local address, which is not allowed for a service"),
                objection(wide, "169.254.169.254"));
        assertEquals(Optional.empty(), wide.objection(InetAddress.getLoopbackAddress()));
    }
}
