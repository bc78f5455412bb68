package gateway.balance;

import java.net.InetAddress;

/** What a strategy may look at in a request. */
public interface RequestView {
    /** Returns the client's address. */
    InetAddress client();

    /** Returns the first value of a header; null if there is none. */
    String header(String name);

    /** Returns the value of a cookie; null if there is none. */
    String cookie(String name);

    /** Returns whether the client's connection is encrypted, as far as the gateway can tell. */
    boolean isSecure();
}
