package gateway.util;

/** What this program calls itself, in its answers, its log and its {@code --help}. */
public final class Release {
    /** The product's name. */
    public static final String NAME = "API Gateway";

    /** The version, as in pom.xml. */
    public static final String VERSION = "1.0.0";

    private Release() {}
}
