import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.provider.Arguments;

/** Two gateways in front of the same backend, one in plain and one over TLS, for what must be the same in both. */
final class PlainAndTls implements AutoCloseable {
    /** How a client connects. */
    enum Way {
        PLAIN,
        TLS
    }

    final TestBackend backend;
    private final TestGateway plain;
    private final TestGateway tls;
    final SSLContext trusting;

    /** @param folder for the certificate and its key */
    PlainAndTls(Path folder, Map<String, String> settings, TestBackend backend) throws Exception {
        TestCa ca = new TestCa("Test CA");
        this.backend = backend;
        this.trusting = ca.client();
        this.plain = TestGateway.with(settings, backend);
        Map<String, String> secured = new HashMap<>(settings);
        secured.putAll(ca.issue("localhost", "127.0.0.1").writeTo(folder));
        this.tls = TestGateway.with(secured, backend);
    }

    /** Each row for each way, which comes first. */
    static Stream<Arguments> times(Stream<Object[]> rows) {
        List<Object[]> all = rows.toList();
        return Stream.of(Way.values())
                .flatMap(way -> all.stream().map(row -> {
                    Object[] both = new Object[row.length + 1];
                    both[0] = way;
                    System.arraycopy(row, 0, both, 1, row.length);
                    return Arguments.of(both);
                }));
    }

    TestGateway gateway(Way way) {
        return way == Way.TLS ? tls : plain;
    }

    /** The gateway in plain. */
    TestGateway plain() {
        return plain;
    }

    int port(Way way) {
        return gateway(way).port();
    }

    /** A client of HTTP/1.1. */
    RawClient client(Way way) throws IOException {
        return way == Way.PLAIN
                ? plain.raw()
                : new RawClient(trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), tls.port()));
    }

    /** A client of HTTP/2. */
    RawHttp2 http2() throws IOException {
        return new RawHttp2(trusting, tls.port());
    }

    @Override
    public void close() throws IOException {
        plain.close();
        tls.close();
        backend.close();
    }
}
