package gateway.testing;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Classes that stand as text in a test, because they break a rule that the project's own must keep. */
public final class Compiled {
    private static final Pattern NAME = Pattern.compile("package ([\\w.]+);.*?(?:class|interface) (\\w+)");

    private Compiled() {}

    /**
     * Compiles these; returns the folder.
     *
     * @param folder takes the class files
     * @param sources each with a package and one class or interface
     */
    public static Path in(Path folder, String... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<Source> files = Stream.of(sources).map(Source::new).toList();
        List<String> options = List.of("-d", folder.toString(), "-proc:none");
        if (!compiler.getTask(messages, null, null, options, null, files).call()) {
            throw new IllegalArgumentException(messages.toString());
        }
        return folder;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        private Source(String text) {
            super(URI.create("string:///" + path(text) + Kind.SOURCE.extension), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        private static String path(String text) {
            Matcher name = NAME.matcher(text);
            if (!name.find()) {
                throw new IllegalArgumentException("has no package and class: " + text);
            }
            return name.group(1).replace('.', '/') + "/" + name.group(2);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
