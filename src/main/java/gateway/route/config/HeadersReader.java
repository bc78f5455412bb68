package gateway.route.config;

import gateway.route.HeaderEdits;
import gateway.route.HeaderEdits.Edit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code headers}: what is set and removed in requests and responses. */
final class HeadersReader {
    private static final String EDIT = "what to change, like {set: {X-Env: prod}, remove: [X-Debug]}";

    private HeadersReader() {}

    static HeaderEdits read(Value value) {
        Fields fields = value.fields("request or response, each with set or remove");
        Edit request = fields.get("request", Edit.NONE, HeadersReader::edit);
        Edit response = fields.get("response", Edit.NONE, HeadersReader::edit);
        fields.end();
        return new HeaderEdits(request, response);
    }

    private static Edit edit(Value value) {
        Fields fields = value.fields(EDIT);
        Map<String, String> set = fields.get("set", Map.of(), HeadersReader::values);
        List<String> remove = fields.get(
                "remove",
                List.of(),
                given -> given.texts("a list of headers, like [X-Debug]", "a header's name", HeaderEdits::editable));
        fields.end();
        return new Edit(set, remove);
    }

    private static Map<String, String> values(Value value) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        value.fields("headers with their values, like {X-Env: prod}").all().forEach((name, given) -> {
            String text = given.secret().text("text", HeaderEdits::value);
            try {
                HeaderEdits.editable(name);
                if (!names.add(name)) {
                    given.problem("is there twice: case doesn't count");
                }
            } catch (IllegalArgumentException e) {
                given.problem(e.getMessage());
            }
            if (text != null) {
                values.put(name, text);
            }
        });
        return Collections.unmodifiableMap(values);
    }
}
