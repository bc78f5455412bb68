import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the documents in docs/, as the tests read them. */
final class Docs {
    static final Path README = Path.of("README.md");
    private static final Pattern FENCE = Pattern.compile("```(\\w*) ?(\\w*)");
    private static final Pattern NOT_RUN = Pattern.compile("<!-- not run( as it stands)?: .+ -->");

    private Docs() {}

    /**
     * What stands between two lines of three backquotes.
     *
     * @param place file and line, for messages
     * @param language the first word behind the backquotes
     * @param scene the second one: commands of one scene are run together, in the order of the documents. "fleet" for
     *     commands shown with their output, unless the fence names another
     * @param notRun whether the line before says that no test runs it, and why
     */
    record Fence(String place, String language, String scene, boolean notRun, List<String> lines) {
        boolean isCommands() {
            return language.equals("sh") || language.equals("console");
        }

        String text() {
            return String.join("\n", lines);
        }
    }

    /** README.md first, then the others in the order of their names. */
    static List<Path> files() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(README),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    /** All fences of a document. */
    static List<Fence> fences(Path file) throws IOException {
        List<Fence> fences = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.strip().startsWith("```")) {
                continue;
            }
            Matcher matcher = FENCE.matcher(line.strip());
            if (!matcher.matches()) {
                throw new AssertionError(file + ":" + (i + 1) + ": expected a language and at most one word behind it");
            }
            String language = matcher.group(1);
            String scene = matcher.group(2).isEmpty() && language.equals("console") ? "fleet" : matcher.group(2);
            boolean notRun = i > 0 && NOT_RUN.matcher(lines.get(i - 1).strip()).matches();
            int indent = line.indexOf('`');
            List<String> inside = new ArrayList<>();
            String place = file + ":" + (i + 1);
            for (i++; !lines.get(i).strip().equals("```"); i++) {
                inside.add(lines.get(i).substring(Math.min(indent, lines.get(i).length())));
            }
            fences.add(new Fence(place, language, scene, notRun, inside));
        }
        return fences;
    }

    /** The commands of a scene, of all documents: those to be typed ("sh") or those shown with their output ("console"). */
    static List<Fence> scene(String scene, String language) throws IOException {
        List<Fence> fences = new ArrayList<>();
        for (Path file : files()) {
            for (Fence fence : fences(file)) {
                if (fence.scene().equals(scene) && fence.language().equals(language) && !fence.notRun()) {
                    fences.add(fence);
                }
            }
        }
        return fences;
    }
}
