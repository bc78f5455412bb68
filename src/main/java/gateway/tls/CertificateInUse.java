package gateway.tls;

import java.util.Optional;

/** The server certificate that new connections get: set at the start and at each reload, and read by any thread. */
public final class CertificateInUse {
    private volatile Optional<ServerCertificate> used = Optional.empty();

    /** Notes that this certificate is in use from now on. */
    public void use(ServerCertificate certificate) {
        used = Optional.of(certificate);
    }

    /** Returns the certificate; empty if the gateway has none, and speaks plain HTTP. */
    public Optional<ServerCertificate> get() {
        return used;
    }
}
