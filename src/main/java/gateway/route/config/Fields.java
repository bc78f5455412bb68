package gateway.route.config;

import gateway.route.config.Node.Entry;
import gateway.util.Suggestion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Values by keys. Those that nobody asks for are unknown, which {@link #end} reports. */
final class Fields {
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();
    private final Value whole;
    private final Problems problems;

    /** @param whole what has these keys */
    Fields(Value whole, List<Entry> entries, Problems problems) {
        this.whole = whole;
        this.problems = problems;
        for (Entry entry : entries) {
            KeyPath path = whole.path().key(entry.key());
            values.put(entry.key(), new Value(path, entry.place(), entry.value(), problems));
        }
    }

    /** Returns all values by their keys, in their order. */
    Map<String, Value> all() {
        return Collections.unmodifiableMap(values);
    }

    /** Returns whether a key is there. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Reads the value of a key; returns the other if the key isn't there or its value can't be used. */
    <T> T get(String key, T otherwise, Function<Value, T> reader) {
        known.add(key);
        Value value = values.get(key);
        T read = value == null ? null : reader.apply(value);
        return read == null ? otherwise : read;
    }

    /** Reports something about the whole. */
    void bad(String words) {
        whole.problem(words);
    }

    /** Reports the keys that nobody has asked for. */
    void end() {
        values.forEach((key, value) -> {
            if (!known.contains(key) && !problems.isFull()) {
                known.sort(Comparator.naturalOrder());
                String meant = Suggestion.of(key, known)
                        .map(word -> "; did you mean " + word + "?")
                        .orElse("");
                value.problem("is no key here: expected " + String.join(", ", known) + meant);
            }
        });
    }
}
