package gateway.http;

import java.util.Locale;

/** Why a gateway answers instead of a backend: those of RFC 9209's error types (section 2.3) that happen here. */
public enum ProxyError {
    /** The backend's name has no address. */
    DNS_ERROR,
    /** There is no available backend. */
    DESTINATION_UNAVAILABLE,
    /** The backend is where none may be. */
    DESTINATION_IP_PROHIBITED,
    /** There is no route to the backend. */
    DESTINATION_IP_UNROUTABLE,
    /** Nobody listens at the backend's port. */
    CONNECTION_REFUSED,
    /** Connecting took too long. */
    CONNECTION_TIMEOUT,
    /** The connection ended before any answer. */
    CONNECTION_TERMINATED,
    /** As many connections of this kind are open as there may be. */
    CONNECTION_LIMIT_REACHED,
    /** The TLS handshake with the backend failed. */
    TLS_PROTOCOL_ERROR,
    /** The backend's certificate isn't trusted. */
    TLS_CERTIFICATE_ERROR,
    /** The answer ended before it was whole. */
    HTTP_RESPONSE_INCOMPLETE,
    /** The backend was silent for too long. */
    HTTP_RESPONSE_TIMEOUT,
    /** What the backend sent isn't HTTP. */
    HTTP_PROTOCOL_ERROR,
    /** The request itself can't be passed on: any 4xx of the gateway's own. */
    HTTP_REQUEST_ERROR,
    /** The request has passed this gateway before. */
    PROXY_LOOP_DETECTED,
    /** The gateway itself failed. */
    PROXY_INTERNAL_ERROR;

    private final String token = name().toLowerCase(Locale.ROOT);

    /** The type as the standard writes it. */
    public String token() {
        return token;
    }
}
