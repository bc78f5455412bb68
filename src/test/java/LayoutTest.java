import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvent;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import gateway.http.ProblemType;
import gateway.testing.Compiled;
import gateway.testing.Mutability;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may import whom, which library is seen where, and that nothing static can change. */
class LayoutTest {
    private static final JavaClasses CLASSES = read(classes -> classes.importPath(Path.of("target", "classes")));

    private static final String ROOT = "the mains";

    /** The packages below {@code gateway}, from the top to the ground. Each may import those of the lines below its own. */
    private static final List<List<String>> LAYERS = List.of(
            List.of(ROOT),
            List.of("check", "demo", "warmup", "admin"),
            List.of("metrics", "proxy", "cluster", "state"),
            List.of("limit", "admission"),
            List.of("trace", "server"),
            List.of("lifecycle", "health", "service", "route"),
            List.of("tls"),
            List.of("settings", "balance"),
            List.of("client", "registry"),
            List.of("net", "http", "events"),
            List.of("util"));

    /** Packages that only these may import, of all that are further up. */
    private static final Map<String, Set<String>> IMPORTED_BY = Map.of(
            "check", Set.of(ROOT),
            "demo", Set.of(ROOT),
            "warmup", Set.of(ROOT),
            "proxy", Set.of(ROOT),
            "cluster", Set.of(ROOT, "check", "admin"));

    /** @param someEmpty whether layers may have no classes, as among the few that a test of the rule has */
    private static ArchRule layers(boolean someEmpty) {
        LayeredArchitecture layers = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .ensureAllClassesAreContainedInArchitecture()
                .withOptionalLayers(someEmpty)
                .layer(ROOT)
                .definedBy("");
        for (String name : packages()) {
            layers = layers.layer(name).definedBy("gateway." + name + "..");
        }
        for (int i = 0; i < LAYERS.size(); i++) {
            String[] below = LAYERS.subList(i + 1, LAYERS.size()).stream()
                    .flatMap(List::stream)
                    .toArray(String[]::new);
            for (String name : LAYERS.get(i)) {
                layers = below.length == 0
                        ? layers.whereLayer(name).mayNotAccessAnyLayer()
                        : layers.whereLayer(name).mayOnlyAccessLayers(below);
            }
        }
        for (Map.Entry<String, Set<String>> rule : IMPORTED_BY.entrySet()) {
            layers = layers.whereLayer(rule.getKey())
                    .mayOnlyBeAccessedByLayers(rule.getValue().toArray(String[]::new));
        }
        return layers.as("packages import downward only");
    }

    private static List<String> packages() {
        return LAYERS.stream()
                .flatMap(List::stream)
                .filter(name -> !name.equals(ROOT))
                .toList();
    }

    private static final ArchRule NOTHING_STATIC_CHANGES =
            fields().that().areStatic().should(haveAValueThatNeverChanges());

    private static final ArchRule INTERFACES_NAME_NO_IMPLEMENTATION =
            classes().that().areInterfaces().should(nameNoneOfTheirImplementations());

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of("packages import downward only", layers(false)),
                Arguments.of(
                        "no circles, not even within one of them",
                        slices().matching("gateway.(**)").should().beFreeOfCycles()),
                library(
                        "Javalin",
                        resideInAnyPackage("", "gateway.server", "gateway.admin..", "gateway.warmup")
                                .or(assignableTo("io.javalin.http.Handler"))
                                .or(assignableTo("gateway.trace.Stage")),
                        "io.javalin.."),
                library(
                        "OkHttp",
                        resideInAnyPackage("gateway.proxy.upstream", "gateway.health", "gateway.service"),
                        "okhttp3..",
                        "okio.."),
                library(
                        "the Redis client",
                        resideInAnyPackage("gateway.cluster"),
                        "redis.clients..",
                        "org.apache.commons.pool2.."),
                library("Micrometer", resideInAnyPackage("gateway.metrics"), "io.micrometer..", "io.prometheus.."),
                library(
                        "what reads YAML",
                        resideInAnyPackage("gateway.route.config"),
                        "org.yaml..",
                        "com.fasterxml.jackson.dataformat.."),
                library(
                        "what reads PEM files",
                        resideInAnyPackage("gateway.tls"),
                        "nl.altindag..",
                        "org.bouncycastle.."),
                Arguments.of("interfaces don't name their implementations", INTERFACES_NAME_NO_IMPLEMENTATION),
                Arguments.of("nothing static can change", NOTHING_STATIC_CHANGES));
    }

    /** Reads classes without those of libraries that they depend on, whose names are enough and which are many. */
    private static JavaClasses read(Function<ClassFileImporter, JavaClasses> importing) {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return importing.apply(new ClassFileImporter());
        });
    }

    private static Arguments library(String name, DescribedPredicate<JavaClass> where, String... packages) {
        return Arguments.of(
                name + " is seen where it is used only",
                noClasses().that(not(where)).should().dependOnClassesThat(resideInAnyPackage(packages)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void the_layout_holds(String words, ArchRule rule) {
        rule.check(CLASSES);
    }

    /** Else the docs and the API's description, which are checked against the types, would promise what never comes. */
    @Test
    void each_type_of_problem_is_answered_somewhere() {
        JavaClass types = CLASSES.get(ProblemType.class);
        for (ProblemType type : ProblemType.values()) {
            assertTrue(
                    types.getField(type.name()).getAccessesToSelf().stream()
                            .anyMatch(access -> !access.getOriginOwner().equals(types)),
                    type + " isn't used");
        }
    }

    // The rules themselves, on classes that break them.

    @TempDir
    Path folder;

    @Test
    void an_import_of_a_package_above_is_found() {
        assertFinds(
                "Method <gateway.util.Low.high()> has return type <gateway.net.High>",
                layers(true),
                compiled(
                        "package gateway.net; public class High {}",
                        "package gateway.util; class Low { gateway.net.High high() { return null; } }"));
    }

    @Test
    void an_import_of_a_package_beside_is_found() {
        assertFinds(
                "<gateway.http.Left.right>",
                layers(true),
                compiled(
                        "package gateway.net; public class Right {}",
                        "package gateway.http; class Left { gateway.net.Right right; }"));
    }

    @Test
    void an_import_of_a_package_that_only_the_mains_may_import_is_found() {
        assertFinds(
                "<gateway.admin.Above.closed>",
                layers(true),
                compiled(
                        "package gateway.proxy; public class Closed {}",
                        "package gateway.admin; class Above { gateway.proxy.Closed closed; }"));
    }

    @Test
    void a_package_that_no_layer_names_is_found() {
        assertFinds(
                "Class <gateway.cellar.Box> is not contained in architecture",
                layers(true),
                compiled("package gateway.cellar; class Box {}"));
    }

    @Test
    void a_layer_without_a_package_is_found() {
        assertFinds("Layer 'cluster' is empty", layers(false), compiled("package gateway.util; class Low {}"));
    }

    @Test
    void an_import_downward_is_fine() {
        JavaClasses classes = compiled(
                "package gateway.util; public class Low {}",
                "package gateway.net; class High { gateway.util.Low low; }");
        assertFalse(layers(true).evaluate(classes).hasViolation());
    }

    @Test
    void an_interface_that_names_its_implementation_is_found() {
        JavaClasses classes = compiled(
                "package gateway.util; interface Shape { static Shape usual() { return new Circle(); } }",
                "package gateway.util; class Circle implements Shape {}");
        assertFinds("<gateway.util.Circle.<init>()>", INTERFACES_NAME_NO_IMPLEMENTATION, classes);
    }

    private JavaClasses compiled(String... sources) {
        Path classes = Compiled.in(folder, sources);
        return read(importer -> importer.importPath(classes));
    }

    private static void assertFinds(String expected, ArchRule rule, JavaClasses classes) {
        String report = rule.evaluate(classes).getFailureReport().toString();
        assertTrue(report.contains(expected), report);
    }

    @Test
    void whatever_static_can_change_is_found() {
        List<String> found = NOTHING_STATIC_CHANGES
                .evaluate(read(importer -> importer.importClasses(Changing.class)))
                .getFailureReport()
                .getDetails();
        for (java.lang.reflect.Field field : Changing.class.getDeclaredFields()) {
            assertTrue(
                    found.stream().anyMatch(line -> line.contains("." + field.getName() + ">")),
                    field.getName() + " isn't among " + found);
        }
        assertEquals(Changing.class.getDeclaredFields().length, found.size());
    }

    @Test
    void what_never_changes_may_be_static() {
        NOTHING_STATIC_CHANGES.check(read(importer -> importer.importClasses(Constant.class)));
    }

    @SuppressWarnings("unused")
    static final class Changing {
        static int notFinal;
        static final Semaphore SEMAPHORE = new Semaphore(1);
        static final AtomicInteger ATOMIC = new AtomicInteger();
        static final Map<String, String> MAP = new HashMap<>();
        static final List<String> OF_ARRAY = java.util.Arrays.asList("a");
        static final byte[] ARRAY = {1};
        static final Object HIDDEN = new StringBuilder();
        static final List<int[]> ARRAY_IN_LIST = List.of(new int[] {1});
        static final Holder HOLDER = new Holder(new AtomicInteger());
        static final Settable SETTABLE = new Settable();
        static final IntSupplier COUNTER = new AtomicInteger()::incrementAndGet;
        static final ThreadLocal<String> THREAD_LOCAL = new ThreadLocal<>();
    }

    record Holder(AtomicInteger held) {}

    static final class Settable {
        int value;
    }

    @SuppressWarnings("unused")
    static final class Constant {
        static final int NUMBER = 1;
        static final String TEXT = "a";
        static final Pattern PATTERN = Pattern.compile("a");
        static final java.time.Duration DURATION = java.time.Duration.ofSeconds(1);
        static final List<String> LIST = List.of("a");
        static final Set<String> COPY = Set.copyOf(new java.util.HashSet<>(List.of("a")));
        static final Map<String, List<String>> MAP = Map.of("a", List.of("b"));
        static final Collection<String> UNMODIFIABLE =
                Collections.unmodifiableSet(new java.util.TreeSet<>(List.of("a")));
        static final int[] EMPTY = {};
        static final Predicate<String> FUNCTION = text -> text.equals(TEXT);
        static final Fixed FIXED = new Fixed("a", List.of(java.time.DayOfWeek.MONDAY));
        static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger(Constant.class);
    }

    record Fixed(String text, List<java.time.DayOfWeek> days) {}

    /** Looks at the values, since a field's type doesn't tell: a {@code Map} may be {@code Map.of()} or a HashMap. */
    private static ArchCondition<JavaField> haveAValueThatNeverChanges() {
        return new ArchCondition<>("have a value that never changes") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                if (field.getModifiers().contains(JavaModifier.SYNTHETIC)) { // of the compiler's own: values(), switch
                    return;
                }
                if (!field.getModifiers().contains(JavaModifier.FINAL)) {
                    events.add(violated(field, "isn't final"));
                    return;
                }
                Mutability.of(Mutability.read(null, field.reflect()))
                        .ifPresent(words -> events.add(violated(field, "can change: it is " + words)));
            }
        };
    }

    private static ConditionEvent violated(JavaField field, String words) {
        return SimpleConditionEvent.violated(field, "Field <" + field.getFullName() + "> " + words);
    }

    /** Its nested classes aside: they are part of it. */
    private static ArchCondition<JavaClass> nameNoneOfTheirImplementations() {
        return new ArchCondition<>("not name their implementations") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass other = dependency.getTargetClass();
                    boolean nested = other.getName().startsWith(type.getName() + "$");
                    if (!other.equals(type) && !nested && other.isAssignableTo(type.getName())) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }
}
