package gateway.check;

import gateway.net.Networks;
import gateway.settings.InvalidSettings;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of a config check.
 *
 * @param everything whether to check everything that the settings name, rather than only the settings and the claim
 * @param claim a forwarding header to explain, and the peer that sends it
 */
record CheckArguments(boolean everything, Optional<Claim> claim) {
    static final String CHECK = "--check";
    static final String CLIENT = "--check-client";
    static final String PEER = "--peer";
    static final List<String> NAMES = List.of(CHECK, CLIENT, PEER);

    /**
     * The addresses that a request claims to come through.
     *
     * @param peer the TCP connection's peer
     * @param header the forwarding header's value
     */
    record Claim(InetAddress peer, String header) {}

    /** @throws InvalidSettings if the arguments can't be used */
    static CheckArguments parse(List<String> arguments) {
        boolean everything = false;
        Optional<String> client = Optional.empty();
        Optional<String> peer = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case CHECK -> everything = true;
                case CLIENT -> client = Optional.of(value(arguments, ++i));
                case PEER -> peer = Optional.of(value(arguments, ++i));
                default ->
                    throw bad(ConfigCheck.COMMAND_LINE.unknown(arguments.get(i)) + "expected "
                            + ConfigCheck.COMMAND_LINE.usage());
            }
        }
        if (client.isPresent() != peer.isPresent()) {
            throw bad(CLIENT + " and " + PEER + " go together: " + CLIENT + " \"1.2.3.4, 10.0.0.1\" " + PEER
                    + " 10.0.0.2");
        }
        if (client.isEmpty()) {
            return new CheckArguments(everything, Optional.empty());
        }
        String text = peer.get();
        InetAddress address = Networks.address(text)
                .orElseThrow(() -> bad(PEER + " " + text + ": expected an address, like 10.0.0.2 or 2001:db8::1"));
        return new CheckArguments(everything, Optional.of(new Claim(address, client.get())));
    }

    private static String value(List<String> arguments, int index) {
        if (index == arguments.size()) {
            throw bad(arguments.get(index - 1) + ": expected a value after it");
        }
        return arguments.get(index);
    }

    private static InvalidSettings bad(String words) {
        return new InvalidSettings(List.of(words));
    }
}
