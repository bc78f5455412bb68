package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a port can be had and, if not, who has it. */
class ListenPortTest {
    private static final String US = "java (pid " + ProcessHandle.current().pid() + ")";

    private static ListenPort at(String host, int port) {
        return new ListenPort("GATEWAY_PORT=" + port, port, "GATEWAY_HOST=" + host, host);
    }

    private static void needsLinux() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "elsewhere there is no /proc");
    }

    @Test
    void a_free_port_is_no_problem_before_and_after_it_was_looked_at() throws Exception {
        ListenPort port = at("127.0.0.1", Ports.reserved());
        assertEquals(Optional.empty(), port.problem(false));
        assertEquals(Optional.empty(), port.problem(false));
        ListenPort.require(List.of(port, at("0.0.0.0", 0)), false);
    }

    @ParameterizedTest(name = "{0} is held by who listens at {1}")
    @CsvSource({"127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "127.0.0.1, 0.0.0.0", "127.0.0.1, ::", "::1, ::"})
    void the_process_that_has_the_port_is_named(String wanted, String taken) throws Exception {
        needsLinux();
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getByName(taken))) {
            int port = holder.getLocalPort();
            assertEquals(
                    Optional.of("GATEWAY_PORT=" + port + ": in use by " + US + "; stop that or choose another port"),
                    at(wanted, port).problem(false));
            String shared = at(wanted, port).problem(true).orElseThrow();
            assertTrue(shared.startsWith("GATEWAY_PORT=" + port + ": in use by " + US + ", which doesn't share it: "));
        }
    }

    @Test
    void who_listens_at_another_address_or_port_is_not_named() throws Exception {
        needsLinux();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            int port = other.getLocalPort();
            assertEquals(Optional.empty(), PortHolder.of(InetAddress.getByName("127.0.0.1"), port));
            assertEquals(Optional.of(US), PortHolder.of(InetAddress.getByName("127.0.0.2"), port));
            assertEquals(Optional.empty(), PortHolder.of(InetAddress.getByName("127.0.0.2"), port - 1));
        }
    }

    @Test
    void a_process_that_can_not_be_seen_is_another_one(@TempDir Path proc) throws Exception {
        InetAddress address = InetAddress.getByName("127.0.0.1");
        assertEquals(Optional.empty(), PortHolder.of(proc, address, 8000), "no tables");
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 77 1 0 100 0 0 10 0
                   1: nonsense 00000000:0000 0A 0 0 0 0 0 78
                """);
        Path files = Files.createDirectories(proc.resolve("12/fd"));
        assertEquals(Optional.empty(), PortHolder.of(proc, address, 8000), "nobody's");
        Files.createSymbolicLink(files.resolve("3"), Path.of("socket:[77]"));
        assertEquals(Optional.of("a process (pid 12)"), PortHolder.of(proc, address, 8000), "it has just ended");
        Files.writeString(proc.resolve("12/comm"), "py\u001b[31m\n");
        assertEquals(Optional.of("py?[31m (pid 12)"), PortHolder.of(proc, address, 8000));
    }

    /** The test above once named a child that its own process was just starting, which had its socket for that moment. */
    @ParameterizedTest(name = "a parent whose id is {0}, of a child whose id is {1}")
    @CsvSource({"12, 9", "9, 12", "1, 12"})
    void of_a_process_and_its_children_that_have_its_socket_the_parent_is_named(
            String parent, String child, @TempDir Path proc) throws Exception {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), """
                   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 77 1 0 100 0 0 10 0
                """);
        holder(proc, parent, "nginx", "0");
        holder(proc, child, "worker", parent);
        InetAddress address = InetAddress.getByName("127.0.0.1");
        assertEquals(Optional.of("nginx (pid " + parent + ")"), PortHolder.of(proc, address, 8000));
    }

    private static void holder(Path proc, String pid, String name, String parent) throws IOException {
        Path files = Files.createDirectories(proc.resolve(pid).resolve("fd"));
        Files.createSymbolicLink(files.resolve("5"), Path.of("socket:[77]"));
        Files.writeString(proc.resolve(pid).resolve("comm"), name + "\n");
        Files.writeString(proc.resolve(pid).resolve("status"), "Name:\t" + name + "\nPPid:\t" + parent + "\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"10.9.9.9, can't be listened on (", "no.such.host.invalid, this name has no address; "})
    void an_address_that_can_not_be_had_is_named_with_those_that_can(String host, String reason) {
        String problem = at(host, 0).problem(false).orElseThrow();
        assertTrue(problem.startsWith("GATEWAY_HOST=" + host + ": " + reason), problem);
        assertTrue(problem.contains("expected an address of this machine, like 127.0.0.1"), problem);
        assertTrue(problem.endsWith(", or 0.0.0.0 for all"), problem);
    }

    @Test
    void all_problems_are_thrown_together_and_each_once() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = holder.getLocalPort();
            List<ListenPort> ports = List.of(at("10.9.9.9", 0), at("127.0.0.1", port), at("10.9.9.9", 0));
            Exception bad = assertThrows(PortUnavailable.class, () -> ListenPort.require(ports, false));
            List<String> lines = bad.getMessage().lines().toList();
            assertEquals(2, lines.size(), bad.getMessage());
            assertTrue(lines.get(0).startsWith("GATEWAY_HOST=10.9.9.9: "), lines.get(0));
            assertTrue(lines.get(1).startsWith("GATEWAY_PORT=" + port + ": in use by "), lines.get(1));
        }
    }
}
