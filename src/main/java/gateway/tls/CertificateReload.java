package gateway.tls;

import gateway.settings.InvalidSettings;
import gateway.settings.TlsSettings;
import gateway.util.Time;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the files of an {@link ServerCertificate} by what is in them, so that any way to replace them will do: written anew,
 * moved into place, or a link to another folder. Connections that are open keep what they have.
 *
 * <p>What can't be used is refused, and the old one stays. It is only said at the second look: between a new
 * certificate and its new key there is a moment in which the two don't fit.
 */
public final class CertificateReload {
    /** How often {@link #look} is to be called. */
    public static final Duration PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateReload.class);

    private final TlsSettings settings;
    private final Time time;
    private final Consumer<ServerCertificate> taker;
    private String settled;
    private String seen;
    private ServerCertificate used;

    /**
     * @param used what the files held at the start
     * @param taker is given each new one that is good
     */
    public CertificateReload(
            TlsSettings settings, ServerCertificate used, Time time, Consumer<ServerCertificate> taker) {
        this.settings = settings;
        this.used = used;
        this.time = time;
        this.taker = taker;
        this.settled = contents();
        this.seen = settled;
        if (!used.isValidAt(time.now())) {
            LOG.warn("Clients will refuse the certificate of HTTPS: {}", used.words());
        }
    }

    /** Takes what the files hold now if that is new and good. */
    public void look() {
        String now = contents();
        boolean asBefore = now.equals(seen);
        seen = now;
        if (now.equals(settled)) {
            return;
        }
        try {
            ServerCertificate found = ServerCertificate.read(settings);
            if (!found.isValidAt(time.now())) {
                throw new InvalidSettings(
                        List.of("GATEWAY_TLS_CERT=" + settings.certificate() + ": isn't valid now: " + found.words()));
            }
            taker.accept(found);
            used = found;
            settled = now;
            LOG.info("HTTPS has a new certificate: {}", found.words());
        } catch (InvalidSettings e) {
            if (asBefore) {
                settled = now;
                LOG.warn(
                        "HTTPS keeps its certificate, {}: {}",
                        used.words(),
                        String.join("; ", e.getMessage().lines().toList()));
            }
        }
    }

    /** A digest of what all the files hold, so that no key is kept for comparing. */
    private String contents() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, settings.certificate());
            add(digest, settings.key());
            settings.clientCa().ifPresent(file -> add(digest, file));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, Path file) {
        String text;
        try {
            text = Pem.text(file);
        } catch (IllegalArgumentException e) {
            text = e.getMessage();
        }
        digest.update((text.length() + ":" + text).getBytes(StandardCharsets.ISO_8859_1));
    }
}
