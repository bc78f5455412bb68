package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                "sentinels | redis+sentinel://a,b:7000/mymaster | redis+sentinel://a:26379,b:7000/mymaster | | ",
                "sentinels of a database | redis+sentinel://a, b/m/3 | redis+sentinel://a:26379,b:26379/m/3 | | ",
                "sentinels, the database asked for | redis+sentinel://a/m?db=3 | redis+sentinel://a:26379/m/3 | | ",
                "sentinels, database 0 twice | redis+sentinel://a/m/0?db=0 | redis+sentinel://a:26379/m | | ",
                "a password behind sentinels | redis+sentinel://u:p,%40@[::1],a,a/my.m_a-1/"
                        + " | redis+sentinel://[::1]:26379,a:26379/my.m_a-1 | u | p,@",
                "sentinels and a master with TLS | rediss+sentinel://a:1/m | rediss+sentinel://a:1/m | | ",
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
                "sentinels without a name | redis+sentinel://:secret@a:1,b:2",
                "sentinels with an empty name | redis+sentinel://:secret@a:1,b:2/",
                "sentinels whose name has a blank | redis+sentinel://:secret@a:1/my master",
                "a scheme for each sentinel | redis+sentinel://:secret@a:1,redis+sentinel://b:2/m",
                "nothing between sentinels | redis+sentinel://a:1,,b:2/m",
                "a sentinel's port too high | redis+sentinel://:secret@a:70000/m",
                "two databases of sentinels | redis+sentinel://:secret@a/m/1?db=2",
                "another question to sentinels | redis+sentinel://:secret@a/m?secret=2",
                "another client's scheme for sentinels | redis-sentinel://:secret@a:1/0#m",
                "another scheme for sentinels | sentinel://:secret@a:1;sentinel://b:1",
                "nothing between commas | redis://a:1,,redis://b:2",
            })
    void these_are_refused_without_saying_a_password(String name, String text) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(text));
        assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_REDIS_URL", text)));
        assertEquals("GATEWAY_REDIS_URL=(hidden): " + refused.getMessage(), bad.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis+sentinel://a:1,b:2 | the master's name at the sentinels is missing; expected redis+sentinel://",
                "redis-sentinel://a:1/0#m | expected redis+sentinel://",
                "redis+sentinel://a/m/1?db=2 | expected one database, not two",
            })
    void sentinels_are_asked_for_in_one_form(String text, String words) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> RedisUrl.parse(text));
        assertTrue(refused.getMessage().startsWith(words), refused.getMessage());
    }

    @Test
    void sentinels_have_a_user_and_a_password_of_their_own() {
        RedisSettings settings = Settings.from(Map.of(
                        "GATEWAY_REDIS_URL", "redis+sentinel://u:p@a,b/m",
                        "GATEWAY_REDIS_SENTINEL_USER", "them",
                        "GATEWAY_REDIS_SENTINEL_PASSWORD", "hush"))
                .redis()
                .orElseThrow();
        assertEquals(
                Optional.of(new SentinelAccess("m", Optional.of("them"), Optional.of("hush"))),
                settings.url().sentinel());
        assertEquals(Optional.of("p"), settings.url().password());
        assertFalse(settings.url().isCluster());
        assertFalse(settings.toString().contains("hush"), settings.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://a:1 | GATEWAY_REDIS_SENTINEL_PASSWORD | GATEWAY_REDIS_SENTINEL_PASSWORD=(hidden): has no effect"
                        + " unless GATEWAY_REDIS_URL begins with redis+sentinel:// or rediss+sentinel://",
                "'' | GATEWAY_REDIS_SENTINEL_PASSWORD | GATEWAY_REDIS_SENTINEL_PASSWORD=(hidden): has no effect"
                        + " unless GATEWAY_REDIS_URL begins with redis+sentinel:// or rediss+sentinel://",
                "redis+sentinel://a/m | GATEWAY_REDIS_SENTINEL_USER | GATEWAY_REDIS_SENTINEL_USER=x: has no effect"
                        + " without GATEWAY_REDIS_SENTINEL_PASSWORD; set that, too",
            })
    void what_is_set_for_sentinels_in_vain_is_said(String url, String setting, String words) {
        Exception bad = assertThrows(
                InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_REDIS_URL", url, setting, "x")));
        assertEquals(words, bad.getMessage());
    }

    @Test
    void a_password_is_in_no_text() {
        Settings settings = Settings.from(Map.of("GATEWAY_REDIS_URL", "redis://me:secret@h"));
        assertFalse(settings.toString().contains("secret"), settings.toString());
        assertFalse(settings.toString().contains("me:"), settings.toString());
    }
}
