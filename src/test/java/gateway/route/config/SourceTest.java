package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no configuration, or only just. */
class SourceTest {
    private static Node read(byte[] bytes, boolean json) throws InvalidRoutes {
        Problems problems = new Problems();
        Node node = Source.read(bytes, json, problems);
        problems.throwAny();
        return node;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String refusal(byte[] bytes, boolean json) {
        return assertThrows(InvalidRoutes.class, () -> read(bytes, json)).getMessage();
    }

    @Test
    void a_byte_order_mark_at_the_beginning_is_skipped() throws InvalidRoutes {
        Node.Mapping yaml = (Node.Mapping) read(bytes("\uFEFFa: 1"), false);
        assertEquals(new Node.Place(1, 1), yaml.entries().get(0).place());
        assertNotNull(read(bytes("\uFEFF{\"a\": 1}"), true));
        assertEquals(
                "line 1, column 4: the character U+FEFF: expected text without it", refusal(bytes("a: \uFEFF"), false));
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused_with_their_place() {
        byte[] latin1 = "a: 1\nbé: 2\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("line 2, column 2: bytes that aren't UTF-8", refusal(latin1, false));
        byte[] utf16 = "a: 1".getBytes(StandardCharsets.UTF_16);
        assertEquals("line 1, column 1: bytes that aren't UTF-8", refusal(utf16, false));
    }

    @Test
    void places_count_what_people_see_and_lines_end_in_either_way() throws InvalidRoutes {
        Node.Mapping root =
                (Node.Mapping) read(bytes("a: \uD83D\uDE00é\r\nb: {c: '\uD83D\uDE00', d: \"010\"}\re: 1\n"), false);
        assertEquals(new Node.Place(2, 1), root.entries().get(1).place());
        Node.Mapping b = (Node.Mapping) root.entries().get(1).value();
        assertEquals(new Node.Place(2, 13), b.entries().get(1).place());
        assertEquals(Form.TEXT, ((Node.Scalar) b.entries().get(1).value()).form());
        assertEquals(new Node.Place(3, 1), root.entries().get(2).place());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_nested_too_deeply_is_refused(boolean json) {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        String words = refusal(bytes(deep), json);
        assertTrue(words.contains("nest"), words);
    }

    @Test
    void what_is_too_large_is_refused_and_what_is_nearly_so_is_read_soon() throws InvalidRoutes {
        assertEquals("line 1, column 1: is too large: expected at most 4 MB", refusal(new byte[(4 << 20) + 1], false));
        String line = "# a comment, as most of a file may be\n";
        String large = line.repeat((4 << 20) / line.length() - 1) + "a: 1\n";
        assertNotNull(read(bytes(large), false));
        assertNotNull(read(bytes("a: " + "1".repeat(3 << 20)), false));
    }

    @Test
    void json_that_is_none_is_refused_with_its_place() {
        String words = refusal(bytes("{\"a\": 1,\n \"b\": }"), true);
        assertTrue(words.startsWith("line 2, column 7: Unexpected character"), words);
        assertEquals(
                "line 1, column 10: a second document begins here: expected only one",
                refusal(bytes("{\"a\": 1} {}"), true));
        assertTrue(refusal(bytes("{'a': 1}"), true).startsWith("line 1, column 2: Unexpected character"));
    }

    /** Whatever somebody writes into the file: an answer, and no failure of the gateway. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anything_is_read_or_refused(long seed) {
        Random random = new Random(seed);
        String[] parts = {
            "a",
            "b: ",
            "- ",
            "\n",
            "\n  ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            ": ",
            "?",
            "? ",
            "&x ",
            "*x",
            "!t ",
            "!!map ",
            "|\n",
            ">-\n",
            "'",
            "\"",
            "\\",
            "#",
            " #",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "<<: ",
            "~",
            "010",
            "\t",
            "é",
            "\uD83D\uDE00",
            "@",
            "`",
            "%",
            "= ",
            "\r"
        };
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(12); j >= 0; j--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            for (boolean json : new boolean[] {true, false}) {
                try {
                    read(bytes(text.toString()), json);
                } catch (InvalidRoutes e) {
                    RouteProblem first = e.problems().get(0);
                    assertTrue(first.line() >= 1 && first.column() >= 1, text + ": " + first);
                    assertTrue(!first.problem().contains("\n"), text + ": " + first);
                }
            }
        }
    }
}
