package gateway.http;

import java.util.Locale;

/** Why the gateway answers in place of a backend: those error types of RFC 9209 (section 2.3) that can occur here. */
public enum ProxyError {
    /** The backend's name has no address. */
    DNS_ERROR,
    /** The backend's name wasn't resolved in time. */
    DNS_TIMEOUT,
    /** There is no available backend. */
    DESTINATION_UNAVAILABLE,
    /** The backend's address is not allowed for a service. */
    DESTINATION_IP_PROHIBITED,
    /** There is no route to the backend. */
    DESTINATION_IP_UNROUTABLE,
    /** Nothing listens on the backend's port. */
    CONNECTION_REFUSED,
    /** Connecting took too long. */
    CONNECTION_TIMEOUT,
    /** The connection ended before any answer. */
    CONNECTION_TERMINATED,
    /** The limit on connections of this kind is reached. */
    CONNECTION_LIMIT_REACHED,
    /** The TLS handshake with the backend failed. */
    TLS_PROTOCOL_ERROR,
    /** The backend's certificate isn't trusted. */
    TLS_CERTIFICATE_ERROR,
    /** The answer ended before it was complete. */
    HTTP_RESPONSE_INCOMPLETE,
    /** The backend was silent for too long. */
    HTTP_RESPONSE_TIMEOUT,
    /** The backend's answer isn't valid HTTP. */
    HTTP_PROTOCOL_ERROR,
    /** The request can't be forwarded: any 4xx of the gateway itself. */
    HTTP_REQUEST_ERROR,
    /** The request has passed this gateway before. */
    PROXY_LOOP_DETECTED,
    /** The gateway itself failed. */
    PROXY_INTERNAL_ERROR;

    private final String token = name().toLowerCase(Locale.ROOT);

    /** Returns the type's name in the standard. */
    public String token() {
        return token;
    }
}
