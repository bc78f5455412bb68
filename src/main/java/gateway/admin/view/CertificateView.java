package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.tls.ServerCertificate;
import java.time.Instant;
import java.util.List;

/**
 * The server certificate in use.
 *
 * @param names the host names and addresses for which it is; the first {@value #MOST_NAMES} if it has more
 * @param moreNames how many more it has; null if these are all
 * @param issuer the common name of the CA that issued it; its whole name if that has none
 * @param validUntil when it ends, ISO-8601
 * @param daysLeft whole days until then, rounded down; negative once it has ended
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CertificateView(
        List<String> names,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer moreNames,
        String issuer,
        String validUntil,
        long daysLeft) {
    private static final long DAY_SECONDS = 86_400;

    /** Certificates of large sites have hundreds, and all viewers of the dashboard get them each second. */
    private static final int MOST_NAMES = 20;

    /** The longest name, in characters: a host name has at most 253, but any text can stand in a certificate. */
    private static final int LONGEST_NAME = 255;

    public static CertificateView of(ServerCertificate certificate, Instant now) {
        Instant end = certificate.end();
        List<String> names = certificate.names();
        return new CertificateView(
                names.stream().limit(MOST_NAMES).map(CertificateView::cut).toList(),
                names.size() > MOST_NAMES ? names.size() - MOST_NAMES : null,
                cut(certificate.issuer()),
                end.toString(),
                Math.floorDiv(end.getEpochSecond() - now.getEpochSecond(), DAY_SECONDS));
    }

    private static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }
}
