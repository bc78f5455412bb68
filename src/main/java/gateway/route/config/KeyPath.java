package gateway.route.config;

/**
 * The way from the top to a value: the keys, and the places in lists. It is written down only where something is wrong.
 *
 * @param above the way to what has this value; null for the top
 * @param step a key; or a place in a list, with its brackets
 */
record KeyPath(KeyPath above, String step) {
    /** The top. */
    static final KeyPath TOP = new KeyPath(null, "");

    /** Returns the way to the value of a key. */
    KeyPath key(String key) {
        return new KeyPath(this, key);
    }

    /** Returns the way to an element of a list. */
    KeyPath element(int index) {
        return new KeyPath(this, "[" + index + "]");
    }

    /** Returns it as people write it: {@code routes.shop.services[1].url}. */
    @Override
    public String toString() {
        if (above == null) {
            return "";
        }
        String way = above.toString();
        return way.isEmpty() || step.startsWith("[") ? way + step : way + "." + step;
    }
}
