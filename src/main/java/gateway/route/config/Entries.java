package gateway.route.config;

import gateway.route.config.Node.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries of a mapping while it is read. Most mappings are small: only for a large one an index is worth making. */
final class Entries {
    private static final int SMALL = 16;

    private final List<Entry> all = new ArrayList<>(4);
    private Map<String, Entry> index;

    /** Returns the entry with this key; null if there is none. */
    Entry get(String key) {
        if (index != null) {
            return index.get(key);
        }
        for (Entry entry : all) {
            if (entry.key().equals(key)) {
                return entry;
            }
        }
        return null;
    }

    /** Adds one whose key isn't there yet. */
    void add(Entry entry) {
        all.add(entry);
        if (index != null) {
            index.put(entry.key(), entry);
        } else if (all.size() > SMALL) {
            index = new HashMap<>();
            all.forEach(one -> index.put(one.key(), one));
        }
    }

    List<Entry> all() {
        return all;
    }
}
