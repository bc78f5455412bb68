package gateway.route.config;

import java.util.List;

/** A value as it is written, and where; what it means is for its reader to say. */
sealed interface Node {
    /**
     * Where something begins.
     *
     * @param line from 1
     * @param column from 1
     */
    record Place(int line, int column) {
        static final Place START = new Place(1, 1);
    }

    /** Returns where it begins. */
    Place place();

    /**
     * One word, number or text.
     *
     * @param text as it is written, without quotes and escapes
     * @param form what it may be taken for
     */
    record Scalar(String text, Form form, Place place) implements Node {}

    /** Values in an order. */
    record Sequence(List<Node> elements, Place place) implements Node {}

    /** Values by keys, in the order in which they are written; each key is there once. */
    record Mapping(List<Entry> entries, Place place) implements Node {
        /** Returns whether it has no mark of its own before its first key. */
        boolean beginsWithKey() {
            return !entries.isEmpty() && entries.get(0).place().equals(place);
        }
    }

    /** A value that has been reported already: it stands for any. */
    record Unusable(Place place) implements Node {}

    /** @param place where the key is */
    record Entry(String key, Place place, Node value) {}
}
