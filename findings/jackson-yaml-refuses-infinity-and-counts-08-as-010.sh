#!/usr/bin/env bash
# jackson-dataformat-yaml 2.23.0: ".inf" and ".nan" are errors wherever they stand, infinity is written as a text, and an int property
# makes 8 of 08 and of 010.
#
# Expected: .inf and .nan are numbers in YAML 1.1 and 1.2 alike, and SnakeYAML, which Jackson reads with, gives them; what Jackson writes
# for infinity is infinity when it is read; a text property takes any plain scalar. 010 is 8 in YAML 1.1 and 10 in 1.2; 08 is no
# number in 1.1 and 8 in 1.2.
# Seen: "Malformed numeric value" for them, for a text property, too: a name that happens to be ".inf" has to be quoted. Infinity is
# written as Infinity, a text for every reader. 010 is read as by 1.1, but 08 as by 1.2 where the property is an int.
# For a gateway: in a settings file, refuse numbers that begin with 0 by their text, before the property's type gets at them; and
# don't offer .inf for "no bound".
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.fasterxml.jackson.dataformat:jackson-dataformat-yaml:2.23.0
java_main <<'JAVA' | expect_seen \
  ".inf: SnakeYAML Infinity, a map error, a text error, a double error, an int error" \
  ".nan: SnakeYAML NaN, a map error, a text error, a double error, an int error" \
  "08: SnakeYAML 08 (text), a map 08 (text), a text 08 (text), a double 8.0, an int 8" \
  "010: SnakeYAML 8, a map 8, a text 010 (text), a double 8.0, an int 8" \
  "written: v: Infinity, read by SnakeYAML: Infinity (text)"
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

public class Main {
    public record Text(String v) {}

    public record Decimal(Double v) {}

    public record Whole(Integer v) {}

    private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

    public static void main(String[] arguments) throws Exception {
        for (String scalar : new String[] {".inf", ".nan", "08", "010"}) {
            String yaml = "v: " + scalar + "\n";
            System.out.println(scalar + ": SnakeYAML " + shown(snake(yaml)) + ", a map " + read(yaml, Map.class) + ", a text "
                    + read(yaml, Text.class) + ", a double " + read(yaml, Decimal.class) + ", an int " + read(yaml, Whole.class));
        }
        String written = MAPPER.writeValueAsString(Map.of("v", Double.POSITIVE_INFINITY));
        System.out.println("written: " + written.replace("---", "").trim() + ", read by SnakeYAML: " + shown(snake(written)));
    }

    private static Object snake(String yaml) {
        return new Yaml().<Map<String, Object>>load(yaml).get("v");
    }

    private static String read(String yaml, Class<?> type) {
        try {
            Object value = MAPPER.readValue(yaml, type);
            return shown(value instanceof Map<?, ?> map ? map.get("v") : type.getMethod("v").invoke(value));
        } catch (JsonProcessingException e) {
            return "error";
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String shown(Object value) {
        return value + (value instanceof String ? " (text)" : "");
    }
}
JAVA
