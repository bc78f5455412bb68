package gateway.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Event;
import gateway.events.EventKind;
import gateway.events.EventLog;
import gateway.settings.TlsSettings;
import gateway.testing.FakeTime;
import gateway.testing.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When new files are taken and when the old ones stay. */
class CertificateReloadTest {
    /** How long before and after the time that is asked for a certificate of the tests' CA is valid. */
    private static final Duration HALF_ITS_LIFE = Duration.ofMinutes(30);

    private final List<X509Certificate> taken = new ArrayList<>();
    private final FakeTime time = new FakeTime();
    private final EventLog events = new EventLog(time);

    @TempDir
    Path folder;

    private TestCa ca;
    private TestCa.Issued first;
    private TestCa.Issued second;
    private CertificateReload reload;

    @BeforeEach
    void start() throws Exception {
        ca = new TestCa("Test CA");
        first = issue("first");
        second = issue("second");
        first.writeTo(folder);
        reload = reload(folder);
    }

    private TestCa.Issued issue(String name) throws Exception {
        return ca.issue(TestCa.keys("EC"), time.now(), name);
    }

    private CertificateReload reload(Path where) {
        return reload(where, ServerCertificate::read);
    }

    private CertificateReload reload(Path where, Function<TlsSettings, ServerCertificate> reader) {
        TlsSettings settings = new TlsSettings(
                where.resolve("cert.pem"), where.resolve("key.pem"), Optional.empty(), Optional.empty());
        return new CertificateReload(
                settings,
                reader,
                time,
                certificate -> taken.add(certificate.chain().get(0)),
                events);
    }

    /** Returns what was told, the newest first. */
    private List<Event> told() {
        return events.newest(0, event -> true, EventLog.KEPT);
    }

    private List<EventKind> kinds() {
        return told().stream().map(Event::kind).toList();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            reload.look();
        }
    }

    @Test
    void what_stays_the_same_is_not_taken_again() {
        look(3);
        assertEquals(List.of(), taken);
    }

    /**
     * The files were read first, and only when TLS was set up did the gateway note what was in them. So a pair that was
     * replaced in between counted as the one in use: clients got the old one until the replacement after that.
     */
    @Test
    void a_pair_that_is_replaced_just_after_it_was_read_at_the_start_is_taken() throws Exception {
        reload = reload(folder, settings -> {
            ServerCertificate read = ServerCertificate.read(settings);
            write(second);
            return read;
        });
        assertEquals(first.certificate(), reload.used().chain().get(0));
        look(2);
        assertEquals(List.of(second.certificate()), taken);
        assertEquals(second.certificate(), reload.used().chain().get(0));
    }

    private void write(TestCa.Issued pair) {
        try {
            pair.writeTo(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_new_pair_is_taken_once() throws Exception {
        second.writeTo(folder);
        look(3);
        assertEquals(List.of(second.certificate()), taken);
    }

    @Test
    void a_pair_that_is_moved_into_place_is_taken() throws Exception {
        Path next = Files.createDirectory(folder.resolve("next"));
        second.writeTo(next);
        for (String name : List.of("cert.pem", "key.pem")) {
            Files.move(next.resolve(name), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        look(2);
        assertEquals(List.of(second.certificate()), taken);
    }

    /** Some put each pair into a folder of its own and let a link point at the newest. */
    @Test
    void a_pair_behind_a_link_that_is_turned_is_taken() throws Exception {
        Path old = Files.createDirectory(folder.resolve("old"));
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        first.writeTo(old);
        second.writeTo(fresh);
        Path live = Files.createSymbolicLink(folder.resolve("live"), old);
        reload = reload(live);
        Path turned = Files.createSymbolicLink(folder.resolve("turned"), fresh);
        Files.move(turned, live, StandardCopyOption.ATOMIC_MOVE);
        look(2);
        assertEquals(List.of(second.certificate()), taken);
    }

    @Test
    void a_pair_that_does_not_fit_is_refused_and_the_next_good_one_taken() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), second.certificatePem());
        look(5);
        assertEquals(List.of(), taken);
        Files.writeString(folder.resolve("key.pem"), second.keyPem());
        look(1);
        assertEquals(List.of(second.certificate()), taken);
    }

    @Test
    void each_pair_that_is_taken_or_refused_is_told_once() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), second.certificatePem());
        look(5);
        Files.writeString(folder.resolve("key.pem"), second.keyPem());
        look(3);
        List<Event> told = told();
        assertEquals(List.of(EventKind.RENEWED, EventKind.REFUSED), kinds());
        assertTrue(told.get(0).reason().startsWith("server certificate reloaded: "), told.toString());
        assertTrue(told.get(1).reason().startsWith("server certificate not reloaded, keeping "), told.toString());
    }

    @Test
    void files_that_vanish_or_are_cut_off_change_nothing() throws Exception {
        Files.delete(folder.resolve("key.pem"));
        look(3);
        Files.writeString(folder.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nMIGH");
        look(3);
        assertEquals(List.of(), taken);
    }

    @Test
    void a_certificate_that_has_ended_or_not_begun_is_refused() throws Exception {
        for (Duration away : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
            ca.issue(TestCa.keys("EC"), time.now().plus(away), "wrong time").writeTo(folder);
            look(3);
        }
        assertEquals(List.of(), taken);
    }

    /**
     * A pair that was put there ahead of its time was refused once and never looked at again, since its files didn't
     * change any more: the old certificate ran out while the good one lay there.
     */
    @Test
    void a_certificate_that_has_not_begun_is_refused_once_and_used_when_it_begins() throws Exception {
        Duration ahead = Duration.ofHours(1);
        TestCa.Issued later = ca.issue(TestCa.keys("EC"), time.now().plus(ahead), "later");
        later.writeTo(folder);
        look(3);
        time.pass(ahead.minus(HALF_ITS_LIFE).minusSeconds(1));
        look(3);
        assertEquals(List.of(), taken, "a second too early");
        time.pass(Duration.ofSeconds(1));
        look(3);
        assertEquals(List.of(later.certificate()), taken);
        assertEquals(List.of(EventKind.RENEWED, EventKind.REFUSED), kinds());
        String refused = told().get(1).reason();
        assertTrue(
                refused.contains("cert.pem: isn't valid before 2026-01-01T00:30:00Z, and will be used then: CN=later,"),
                refused);
    }

    /** A machine whose clock is behind, or ahead, at the renewal refused the new pair, and never looked again either. */
    @ParameterizedTest(name = "the clock is wrong by {0}")
    @ValueSource(strings = {"-PT2H", "PT2H"})
    void a_certificate_that_only_a_wrong_clock_made_invalid_is_used_once_the_clock_is_right(Duration wrong)
            throws Exception {
        time.setClock(wrong);
        second.writeTo(folder);
        look(3);
        assertEquals(List.of(), taken);
        time.setClock(wrong.negated());
        look(1);
        assertEquals(List.of(second.certificate()), taken);
    }

    @Test
    void a_certificate_that_has_not_begun_is_forgotten_when_other_files_take_its_place() throws Exception {
        ca.issue(TestCa.keys("EC"), time.now().plus(Duration.ofHours(1)), "later")
                .writeTo(folder);
        look(3);
        Files.writeString(folder.resolve("cert.pem"), "junk");
        look(3);
        time.pass(Duration.ofHours(1));
        look(3);
        assertEquals(List.of(), taken, "the files don't hold it any more");
    }

    @Test
    void after_a_bad_pair_the_old_one_may_come_back_and_a_new_one_is_seen() throws Exception {
        Files.writeString(folder.resolve("cert.pem"), "junk");
        look(3);
        second.writeTo(folder);
        look(1);
        first.writeTo(folder);
        look(1);
        assertEquals(List.of(second.certificate(), first.certificate()), taken);
    }
}
