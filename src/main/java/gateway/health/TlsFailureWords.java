package gateway.health;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Describes what went wrong between TLS here and TLS there, and what to change. */
final class TlsFailureWords {
    private static final Pattern NAMES = Pattern.compile("subjectAltNames: \\[(.*)]"); // in OkHttp's message
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)"); // in Java's
    private static final int MOST_CHARACTERS = 100; // of names in a certificate

    /** What a server may mean by an alert (RFC 8446, 6.2) and its user can't know. */
    private static final Map<String, String> MEANINGS = Map.of(
            "certificate_required",
            "it wants a client certificate, and the gateway has none",
            "handshake_failure",
            "it may want a client certificate, which the gateway hasn't, or have no cipher in common",
            "bad_certificate",
            "it may want a client certificate, and the gateway has none",
            "no_application_protocol",
            "it may speak HTTP/2 only, and the gateway speaks HTTP/1.1 to services",
            "unrecognized_name",
            "it has no certificate for this host",
            "protocol_version",
            "it speaks neither TLS 1.2 nor 1.3");

    private TlsFailureWords() {}

    /** Returns a description; empty if it isn't TLS that failed. */
    static Optional<String> of(IOException failure) {
        List<Throwable> all = all(failure);
        for (Throwable one : all) {
            Matcher alert = ALERT.matcher(String.valueOf(one.getMessage()));
            if (one instanceof SSLException && alert.find()) { // maybe below the reset that came with it
                String meaning = MEANINGS.get(alert.group(1));
                return Optional.of("TLS failed: it sent " + alert.group(1) + (meaning == null ? "" : ": " + meaning));
            }
        }
        if (!(failure instanceof SSLException)) {
            return Optional.empty();
        }
        if (failure instanceof SSLPeerUnverifiedException) {
            return Optional.of(otherHost(failure.getMessage()));
        }
        if (failure.getCause() instanceof CertificateException) {
            return Optional.of(untrusted(all));
        }
        return Optional.of(handshake(failure));
    }

    /** Returns the failure, what caused it, and what came with either. */
    private static List<Throwable> all(Throwable failure) {
        List<Throwable> all = new ArrayList<>(List.of(failure));
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < all.size(); i++) {
            Throwable one = all.get(i);
            if (seen.add(one)) {
                all.addAll(List.of(one.getSuppressed()));
                if (one.getCause() != null) {
                    all.add(one.getCause());
                }
            }
        }
        return all;
    }

    private static String otherHost(String message) {
        Matcher names = NAMES.matcher(String.valueOf(message));
        if (!names.find()) {
            return "its certificate is for another host";
        }
        String all = names.group(1).replaceAll("[^ -~]", "?");
        if (all.isEmpty()) {
            return "its certificate is for no host: it has no subjectAltName, and a common name doesn't count";
        }
        return "its certificate is for another host: "
                + (all.length() > MOST_CHARACTERS ? all.substring(0, MOST_CHARACTERS) + "..." : all);
    }

    private static String untrusted(List<Throwable> all) {
        if (all.stream().anyMatch(CertificateExpiredException.class::isInstance)) {
            return "its certificate has expired, or one that signed it";
        }
        if (all.stream().anyMatch(CertificateNotYetValidException.class::isInstance)) {
            return "its certificate isn't valid yet, or one that signed it";
        }
        return "its certificate isn't trusted; it must send those between its own and its CA's, too, and"
                + " GATEWAY_BACKEND_CA adds CAs to Java's";
    }

    private static String handshake(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("unrecognized SSL message")) {
            return "TLS failed: it doesn't speak TLS; if it speaks plain HTTP, its URL begins with http://";
        }
        boolean isBroken = failure.getCause() != null && !(failure.getCause() instanceof GeneralSecurityException);
        if (message.contains("terminated the handshake") || message.equals("readHandshakeRecord") && isBroken) {
            return "TLS failed: it closed the connection within the handshake";
        }
        return "TLS failed: " + message;
    }
}
