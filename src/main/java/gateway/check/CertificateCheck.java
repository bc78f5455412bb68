package gateway.check;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import gateway.tls.ServerCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** Reports the subject and the validity of each certificate, and whether the key belongs to the first. */
final class CertificateCheck {
    /** How long before its end a certificate is reported: time enough to get a new one. */
    private static final Duration SOON = Duration.ofDays(21);

    private CertificateCheck() {}

    static void show(Settings settings, Instant now, Report report) {
        if (settings.tls().isEmpty()) {
            report.ok("tls: none; plain HTTP");
            return;
        }
        TlsSettings tls = settings.tls().get();
        try {
            ServerCertificate certificate = ServerCertificate.read(tls);
            certificate.chain().forEach(one -> look("GATEWAY_TLS_CERT", one, now, report));
            certificate.clientCas().forEach(ca -> look("GATEWAY_TLS_CLIENT_CA", ca, now, report));
        } catch (InvalidSettings e) {
            report.unusable(e.getMessage());
        }
    }

    private static void look(String name, X509Certificate certificate, Instant now, Report report) {
        Date end = certificate.getNotAfter();
        String what = name + ": " + certificate.getSubjectX500Principal().getName();
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            report.missing(
                    what + " isn't valid before " + certificate.getNotBefore().toInstant());
        } else if (!now.isBefore(end.toInstant())) {
            report.missing(what + " expired at " + end.toInstant() + "; clients refuse it");
        } else if (now.plus(SOON).isAfter(end.toInstant())) {
            report.note(what + " expires soon, at " + end.toInstant());
        } else {
            report.ok(what + " is valid until " + end.toInstant());
        }
    }
}
