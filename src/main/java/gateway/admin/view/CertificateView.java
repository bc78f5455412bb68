package gateway.admin.view;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.tls.ServerCertificate;
import java.time.Instant;
import java.util.List;

/**
 * The server certificate in use.
 *
 * @param names the host names and addresses for which it is
 * @param issuer the common name of the CA that issued it; its whole name if that has none
 * @param validUntil when it ends, ISO-8601
 * @param daysLeft whole days until then, rounded down; negative once it has ended
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CertificateView(List<String> names, String issuer, String validUntil, long daysLeft) {
    private static final long DAY_SECONDS = 86_400;

    public static CertificateView of(ServerCertificate certificate, Instant now) {
        Instant end = certificate.end();
        return new CertificateView(
                certificate.names(),
                certificate.issuer(),
                end.toString(),
                Math.floorDiv(end.getEpochSecond() - now.getEpochSecond(), DAY_SECONDS));
    }
}
