package gateway.service;

import gateway.net.ServiceUrl;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Explains why a service couldn't register, and which setting would help. */
final class Remedy {
    private Remedy() {}

    /**
     * Returns which setting to change after a refusal, as a sentence that begins with {@code ". "}; empty if none
     * helps.
     *
     * @param status the status of the gateway's answer
     * @param tokenSent whether the service has sent a token
     */
    static String of(int status, boolean tokenSent) {
        return switch (status) {
            case 401 ->
                tokenSent
                        ? ". This service's GATEWAY_ADMIN_TOKEN or GATEWAY_ADMIN_TOKEN_FILE is another"
                        : ". Set GATEWAY_ADMIN_TOKEN or GATEWAY_ADMIN_TOKEN_FILE for this service, too";
            case 403 -> ". Set GATEWAY_ADMIN_TOKEN, the same there and for this service";
            case 404 -> ". If it has a GATEWAY_ADMIN_PORT, set GATEWAY_URL to that";
            case 301, 302, 303, 307, 308 -> ". If that is HTTPS, set GATEWAY_URL to https:// and its port";
            default -> "";
        };
    }

    /** Returns that and why a gateway couldn't be asked, with the setting to change if one would help. */
    static String of(Exception failure, ServiceUrl gateway) {
        if (failure instanceof InterruptedIOException) { // something is there; a busy gateway may be late just once
            return "No answer from " + gateway + " in time";
        }
        return "No gateway at " + gateway + " yet (" + reason(failure, gateway) + ")";
    }

    private static String reason(Exception failure, ServiceUrl gateway) {
        if (failure instanceof SSLPeerUnverifiedException) {
            return "its certificate is for another host";
        }
        if (failure instanceof SSLException && failure.getCause() instanceof CertificateException) {
            return "its certificate isn't trusted; GATEWAY_CA names CAs beside Java's";
        }
        if (failure instanceof SSLException) {
            return "TLS failed: " + failure.getMessage() + "; if it speaks plain HTTP, set GATEWAY_URL to http://";
        }
        if (hungUp(failure) && gateway.toString().startsWith("http://")) {
            return "it hung up; if it speaks HTTPS, set GATEWAY_URL to https://";
        }
        return String.valueOf(failure.getMessage());
    }

    /** Returns whether the other side closed the connection without an answer, as a TLS server does on plain HTTP. */
    private static boolean hungUp(Exception failure) {
        return failure instanceof IOException
                && (failure instanceof EOFException || failure.getCause() instanceof EOFException);
    }
}
