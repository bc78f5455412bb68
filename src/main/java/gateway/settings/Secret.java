package gateway.settings;

/** A text that must not be shown. */
public record Secret(String text) {
    @Override
    public String toString() {
        return "(hidden)";
    }
}
