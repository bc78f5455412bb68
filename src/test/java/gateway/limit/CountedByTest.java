package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gateway.route.Limit;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For whom a request counts. */
class CountedByTest {
    private static final String HELLO = "sha256:2cf24dba5fb0a30"; // printf hello | sha256sum

    private static CountedBy of(String limit) {
        return CountedBy.of(Limit.parse(limit));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "by client                         | 5/60s by client           | X-Key: hello       | 192.0.2.7",
                "by route                          | 5/60s by route            | X-Key: hello       | all",
                "by a header                       | 5/60s by header:X-Key     | X-Key: hello       | " + HELLO,
                "by a header in any case           | 5/60s by header:x-kEY     | X-Key: hello       | " + HELLO,
                "without the header                | 5/60s by header:X-Key     | X-Other: hello     | 192.0.2.7",
                "with an empty header              | 5/60s by header:X-Key     | X-Key:             | 192.0.2.7",
                "a value that is a client's address| 5/60s by header:X-Key     | X-Key: 192.0.2.7   | sha256:37dad677cf0b399",
            })
    void a_request_counts(String what, String limit, String field, String expected) throws Exception {
        String[] parts = field.split(": ?", 2);
        HttpFields fields = HttpFields.build().add(parts[0], parts[1]);
        assertEquals(
                expected,
                of(limit).keyOf(InetAddress.getByName("192.0.2.7"), fields).toString());
    }

    /** Else a client could vary one of two values, and have a budget of its own for each, while a service takes the other. */
    @Test
    void all_that_repeat_the_header_count_together() throws Exception {
        InetAddress client = InetAddress.getByName("192.0.2.7");
        CountedBy header = of("5/60s by header:X-Key");
        HttpFields one = HttpFields.build().add("X-Key", "hello").add("x-key", "1");
        HttpFields other = HttpFields.build().add("X-Key", "2").add("X-Key", "hello");
        assertEquals(header.keyOf(client, one), header.keyOf(client, other));
        assertNotEquals(
                header.keyOf(client, one),
                header.keyOf(client, HttpFields.build().add("X-Key", "hello")));
    }

    @Test
    void what_limits_count_by_has_one_order_however_they_are_written() {
        List<Limit> limits = Stream.of(
                        "1/1s by route", "2/1s by header:X-b", "3/1s by client", "4/1s by header:x-A", "5/2s by client")
                .map(Limit::parse)
                .toList();
        List<CountedBy> expected = List.of(
                new CountedBy(Limit.Key.CLIENT, ""),
                new CountedBy(Limit.Key.HEADER, "x-a"),
                new CountedBy(Limit.Key.HEADER, "x-b"),
                new CountedBy(Limit.Key.ROUTE, ""));
        assertEquals(expected, CountedBy.of(limits));
        assertEquals(expected, CountedBy.of(List.of(limits.get(3), limits.get(1), limits.get(0), limits.get(2))));
    }
}
