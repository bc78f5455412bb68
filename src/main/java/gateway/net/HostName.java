package gateway.net;

/** The bounds of a name in DNS (RFC 1035, 2.3.4), which no name server could answer for if it were longer. */
public final class HostName {
    private static final int LONGEST = 253;
    private static final int LONGEST_LABEL = 63;

    private HostName() {}

    /**
     * Returns the name, or an address, if a host can have it.
     *
     * @throws IllegalArgumentException if it is too long, or has an empty part; the message says which, without the name
     */
    public static String checked(String name) {
        boolean isAbsolute = name.endsWith(".") && name.length() > 1;
        String relative = isAbsolute ? name.substring(0, name.length() - 1) : name;
        if (relative.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "must name a host with at most " + LONGEST + " characters, not " + relative.length());
        }
        for (String label : relative.split("\\.", -1)) {
            if (label.isEmpty()) {
                throw new IllegalArgumentException("must name a host without empty parts between its dots");
            }
            if (label.length() > LONGEST_LABEL) {
                throw new IllegalArgumentException("must name a host whose parts between dots have at most "
                        + LONGEST_LABEL + " characters, not " + label.length());
            }
        }
        return name;
    }
}
