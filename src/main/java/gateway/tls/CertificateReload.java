package gateway.tls;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.settings.InvalidSettings;
import gateway.settings.TlsSettings;
import gateway.util.ContentWatch;
import gateway.util.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of a {@link ServerCertificate}, watches them and reloads them when their content changes, however they are
 * replaced: rewritten, moved into place, or by a link to another folder. Open connections keep their certificate.
 *
 * <p>If the new files can't be used, the old certificate stays. This is logged only if a second look finds the same:
 * between writing a new certificate and its key there is a moment in which the two don't match.
 *
 * <p>One that isn't valid at the time is kept, and used once it is: it may have been put there ahead of time, or the clock
 * may be wrong. Nothing about the files would change then.
 */
public final class CertificateReload {
    /** The pause between calls of {@link #look}. */
    public static final Duration PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateReload.class);

    private final TlsSettings settings;
    private final Function<TlsSettings, ServerCertificate> reader;
    private final Time time;
    private final Consumer<ServerCertificate> consumer;
    private final EventListener events;
    private final ContentWatch files;
    private volatile ServerCertificate used;
    private Optional<ServerCertificate> untimely = Optional.empty(); // in the files, but not valid when they were read

    /**
     * Reads the certificate that is to be used first.
     *
     * @param consumer receives each later certificate that can be used
     * @param events is told of each later certificate, whether it can be used or not
     * @throws InvalidSettings if the files can't be used
     */
    public CertificateReload(
            TlsSettings settings, Time time, Consumer<ServerCertificate> consumer, EventListener events) {
        this(settings, ServerCertificate::read, time, consumer, events);
    }

    CertificateReload(
            TlsSettings settings,
            Function<TlsSettings, ServerCertificate> reader,
            Time time,
            Consumer<ServerCertificate> consumer,
            EventListener events) {
        this.settings = settings;
        this.reader = reader;
        this.time = time;
        this.consumer = consumer;
        this.events = events;
        this.files = new ContentWatch( // before reading, so that no change is missed
                Stream.concat(Stream.of(settings.certificate(), settings.key()), settings.clientCa().stream())
                        .toArray(Path[]::new));
        this.used = reader.apply(settings);
        if (!isValid(used)) {
            LOG.warn("Clients will refuse the server certificate: {}", used.words());
        }
    }

    /** Returns the certificate that was read first, or last taken. */
    public ServerCertificate used() {
        return used;
    }

    /** Loads the certificate if the files have changed and can be used, or if what they hold has become valid. */
    public void look() {
        ContentWatch.Look look = files.look();
        if (look == ContentWatch.Look.SETTLED) {
            untimely.filter(this::isValid).ifPresent(this::take);
            return;
        }
        try {
            ServerCertificate found = reader.apply(settings);
            if (isValid(found)) {
                take(found);
            } else if (look == ContentWatch.Look.STILL) {
                files.settle();
                untimely = Optional.of(found);
                refused("GATEWAY_TLS_CERT=" + settings.certificate() + ": " + untimelyWords(found));
            }
        } catch (InvalidSettings e) {
            if (look == ContentWatch.Look.STILL) {
                files.settle();
                untimely = Optional.empty();
                refused(String.join("; ", e.getMessage().lines().toList()));
            }
        }
    }

    private boolean isValid(ServerCertificate certificate) {
        return certificate.isValidAt(time.now());
    }

    private void take(ServerCertificate found) {
        consumer.accept(found);
        used = found;
        files.settle();
        untimely = Optional.empty();
        String words = "server certificate reloaded: " + found.words();
        LOG.info("{}", words);
        events.happened(EventKind.RENEWED, Subject.GATEWAY, words, Who.FILE);
    }

    private String untimelyWords(ServerCertificate found) {
        return time.now().isBefore(found.begin())
                ? "isn't valid before " + found.begin() + ", and will be used then: " + found.words()
                : "isn't valid any more, if this machine's clock is right: " + found.words();
    }

    private void refused(String why) {
        String words = "server certificate not reloaded, keeping " + used.words() + ": " + why;
        LOG.warn("{}", words);
        events.happened(EventKind.REFUSED, Subject.GATEWAY, words, Who.FILE);
    }
}
