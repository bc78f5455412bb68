package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUrlTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the shortest | redis://h | redis://h:6379 | | ",
                "a port | redis://h:7000 | redis://h:7000 | | ",
                "a database | redis://h/3 | redis://h:6379/3 | | ",
                "database 0 is the usual one | redis://h:1/0 | redis://h:1 | | ",
                "user and password | redis://me:secret@h | redis://h:6379 | me | secret",
                "a password alone | redis://:secret@h | redis://h:6379 | | secret",
                "encoded | redis://m%65:p%40s%2Fs+%25@h | redis://h:6379 | me | p@s/s+%",
                "TLS | rediss://h:1 | rediss://h:1 | | ",
                "IPv6 | redis://[::1]:7000/2 | redis://[::1]:7000/2 | | ",
                "a cluster | redis://u:p@a:1, redis://b:2,redis://u:p@c:3 | redis://a:1,b:2,c:3 | u | p",
                "one node twice | redis://a:1,redis://a:1 | redis://a:1 | | ",
            })
    void these_are_read(String name, String text, String shown, String user, String password) {
        RedisUrl url = RedisUrl.parse(text);
        assertEquals(shown, url.toString());
        assertEquals(Optional.ofNullable(user), url.user());
        assertEquals(Optional.ofNullable(password), url.password());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "another scheme | http://h",
                "no scheme | h:6379",
                "no host | redis://:secret@",
                "a port too high | redis://h:70000",
                "port 0 | redis://h:0",
                "a word as database | redis://h/secret",
                "half an escape | redis://u:secret%4@h",
                "a cluster with a database | redis://a:1/2,redis://b:2",
                "a cluster half with TLS | redis://a:1,rediss://b:2",
                "a cluster with two passwords | redis://:secret@a:1,redis://:secret2@b:2",
                "an @ in the password | redis://u:secret@secret@h",
                "a name that is too long | redis://:secret@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "a name with an empty part | redis://:secret@a..b",
                "nothing but a comma | ,",
                "nothing between commas | redis://a:1,,redis://b:2",
            })
    void these_are_refused_without_saying_a_password(String name, String text) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(text));
        assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_REDIS_URL", text)));
        assertEquals("GATEWAY_REDIS_URL=(hidden): " + refused.getMessage(), bad.getMessage());
    }

    @Test
    void a_password_is_in_no_text() {
        Settings settings = Settings.from(Map.of("GATEWAY_REDIS_URL", "redis://me:secret@h"));
        assertFalse(settings.toString().contains("secret"), settings.toString());
        assertFalse(settings.toString().contains("me:"), settings.toString());
    }
}
