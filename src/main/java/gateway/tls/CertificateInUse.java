package gateway.tls;

import gateway.events.EventListener;
import java.util.Optional;

/** The server certificate that new connections get: set at the start and at each reload, and read by any thread. */
public final class CertificateInUse {
    private final EventListener listener;
    private volatile Optional<ServerCertificate> used = Optional.empty();

    /** @param listener to be told when a new certificate comes, whether it can be used or not */
    public CertificateInUse(EventListener listener) {
        this.listener = listener;
    }

    /** Returns who is to be told when a new certificate comes. */
    public EventListener listener() {
        return listener;
    }

    /** Notes that this certificate is in use from now on. */
    public void use(ServerCertificate certificate) {
        used = Optional.of(certificate);
    }

    /** Returns the certificate; empty if the gateway has none, and speaks plain HTTP. */
    public Optional<ServerCertificate> get() {
        return used;
    }
}
