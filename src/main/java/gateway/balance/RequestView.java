package gateway.balance;

import java.net.InetAddress;
import java.util.List;

/** What a strategy may look at in a request. */
public interface RequestView {
    /** Returns the client's address. */
    InetAddress client();

    /** Returns the first value of a header; null if there is none. */
    String header(String name);

    /** Returns the values of the cookies with this name, in the order in which they came. */
    List<String> cookies(String name);

    /** Returns whether the client's connection is encrypted, as far as the gateway can tell. */
    boolean isSecure();
}
