package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersistenceTest {
    private static HttpFields fields(String lines) {
        HttpFields.Mutable fields = HttpFields.build();
        if (lines != null) {
            for (String line : lines.split("\\|")) {
                int colon = line.indexOf(':');
                fields.add(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "nothing said by HTTP/1.1, 1, , kept",
                "close, 1, Connection: close, closed",
                "close in a list, 1, \"Connection: foo, Close\", closed",
                "close in a second line, 1, Connection: foo|Connection: close, closed",
                "close beside keep-alive, 1, \"Connection: keep-alive, close\", closed",
                "a word that contains it, 1, Connection: enclosed, kept",
                "nothing said by HTTP/1.0, 0, , closed",
                "HTTP/1.0 with keep-alive, 0, Connection: Keep-Alive, kept",
                "HTTP/1.0 with keep-alive in a list, 0, \"Connection: foo, keep-alive\", kept",
                "HTTP/1.0 with a coding, 0, Connection: keep-alive|Transfer-Encoding: chunked, closed",
                "a coding and a length, 1, Content-Length: 5|Transfer-Encoding: chunked, closed",
                "a coding, 1, Transfer-Encoding: chunked, kept",
                "Keep-Alive without numbers, 1, Keep-Alive: yes, kept",
                "no number, 1, Keep-Alive: timeout=soon, kept",
                "many more requests, 1, Keep-Alive: max=100, kept",
                "one more request, 1, Keep-Alive: max=1, closed",
                "no more request, 1, Keep-Alive: max=0, closed",
                "no time, 1, Keep-Alive: timeout=0, closed",
            })
    void a_connection_is_kept_only_if_the_backend_keeps_it(String name, int minor, String lines, String expected) {
        assertEquals(
                expected.equals("kept"),
                Persistence.of(minor == 0, fields(lines)).isKept());
    }

    @ParameterizedTest(name = "{0} -> {1} ms")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "timeout=5, 4000",
                "\"timeout=5, max=100\", 4000",
                "\"max=100 , Timeout = 2\", 1000",
                "timeout=1, 500",
                "\"timeout=60, timeout=3\", 2000",
            })
    void it_may_be_idle_for_less_than_the_backend_announces(String value, long millis) {
        Persistence announced = Persistence.of(false, fields("Keep-Alive: " + value));
        assertEquals(millis, TimeUnit.NANOSECONDS.toMillis(announced.mostIdle()));
    }
}
