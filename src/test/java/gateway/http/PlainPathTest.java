package gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainPathTest {
    @ParameterizedTest(name = "{0} plain: {1}")
    @CsvSource({
        "/, true",
        "/api/data, true",
        "/api/a.b/..c/c../...d/v1.2, true",
        "/api/a%2Fb/%20/%C3%A4/100%25, true",
        "/api/x;v=1, true",
        "/api//double, true",
        "*, true",
        "/api/%2, true",
        "/api/..., true",
        "/api/.., false",
        "/api/../services, false",
        "/.., false",
        "/api/., false",
        "/api/./x, false",
        "/api/%2e%2e/services, false",
        "/api/%2E%2E/services, false",
        "/api/.%2e/services, false",
        "/api/%2e/x, false",
        "/api/..;/services, false",
        "/api/..;x=1/services, false",
        "/api/..%3bx/services, false",
        "/api/a%2f..%2fservices, false",
        "/api/a/..%2Fservices, false",
        "/api/a\\b, false",
        "/api/a%5c..%5cb, false",
        "/api/a%00b, false",
        "api/data, false",
    })
    void paths_that_two_servers_could_read_differently_are_told_apart(String path, boolean plain) {
        assertEquals(plain, PlainPath.is(path));
    }
}
