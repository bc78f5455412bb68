import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may import whom: root, then admin and proxy, then metrics, limit, balance and health, then registry, then gateway itself. */
class LayoutTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPath(Path.of("target", "classes"));

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("gateway itself knows none of its parts", "gateway", "gateway.*.."),
                rule(
                        "registry knows gateway alone",
                        "gateway.registry..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.limit..",
                        "gateway.trace..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "trace knows registry",
                        "gateway.trace..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.limit..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "health knows registry",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.limit..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "balance knows registry",
                        "gateway.balance..",
                        "gateway.health..",
                        "gateway.limit..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "limit knows trace",
                        "gateway.limit..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "guard knows limit",
                        "gateway.guard..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.registry..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                rule(
                        "metrics know limit",
                        "gateway.metrics..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.proxy..",
                        "gateway.admin.."),
                Arguments.of(
                        "listen knows gateway itself alone",
                        noClasses()
                                .that()
                                .resideInAPackage("gateway.listen")
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage("gateway.*..").and(not(resideInAPackage("gateway.listen"))))),
                Arguments.of(
                        "nobody of the parts knows listen, but who checks settings",
                        noClasses()
                                .that(resideInAPackage("gateway..")
                                        .and(not(resideInAnyPackage("gateway.listen", "gateway.check"))))
                                .should()
                                .dependOnClassesThat(resideInAPackage("gateway.listen"))),
                Arguments.of(
                        "what reads PEM files is seen by gateway itself and listen only",
                        noClasses()
                                .that(resideInAPackage("gateway.*..").and(not(resideInAPackage("gateway.listen"))))
                                .should()
                                .dependOnClassesThat(resideInAnyPackage("nl.altindag..", "org.bouncycastle.."))),
                rule("proxy doesn't know admin or metrics", "gateway.proxy..", "gateway.metrics..", "gateway.admin.."),
                rule("admin doesn't know proxy", "gateway.admin..", "gateway.proxy.."),
                rule(
                        "redis knows limit and registry",
                        "gateway.redis..",
                        "gateway.health..",
                        "gateway.balance..",
                        "gateway.proxy..",
                        "gateway.metrics..",
                        "gateway.admin.."),
                Arguments.of(
                        "nobody of the parts but check knows redis",
                        noClasses()
                                .that(resideInAPackage("gateway..")
                                        .and(not(resideInAnyPackage("gateway.redis", "gateway.check"))))
                                .should()
                                .dependOnClassesThat(resideInAPackage("gateway.redis"))),
                rule("check doesn't know who serves requests", "gateway.check..", "gateway.proxy..", "gateway.admin.."),
                Arguments.of(
                        "nobody of the parts knows check",
                        noClasses()
                                .that(resideInAPackage("gateway..").and(not(resideInAPackage("gateway.check"))))
                                .should()
                                .dependOnClassesThat(resideInAPackage("gateway.check"))),
                Arguments.of(
                        "Jedis is seen by redis only",
                        noClasses()
                                .that(not(resideInAPackage("gateway.redis")))
                                .should()
                                .dependOnClassesThat(
                                        resideInAnyPackage("redis.clients..", "org.apache.commons.pool2.."))),
                Arguments.of(
                        "demo knows gateway itself alone",
                        noClasses()
                                .that()
                                .resideInAPackage("gateway.demo")
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage("gateway.*..").and(not(resideInAPackage("gateway.demo"))))),
                Arguments.of(
                        "nobody knows demo",
                        noClasses()
                                .that(not(resideInAPackage("gateway.demo")))
                                .should()
                                .dependOnClassesThat(resideInAPackage("gateway.demo"))),
                Arguments.of(
                        "no circles",
                        slices().matching("gateway.(*)..").should().beFreeOfCycles()),
                Arguments.of(
                        "Javalin is seen by the root, admin and the handlers only",
                        noClasses()
                                .that(
                                        resideInAPackage("gateway..")
                                                .and(
                                                        not(
                                                                nameMatching(
                                                                        "gateway\\.(admin\\..*|limit\\.LimitHandler|guard\\.BoundsHandler|trace\\.TraceHandler|proxy\\.(ProxyHandler|PathGuard|LoopGuard))"))))
                                .should()
                                .dependOnClassesThat(resideInAnyPackage("io.javalin.."))),
                Arguments.of(
                        "OkHttp is seen by proxy, the health checker and Registration only",
                        noClasses()
                                .that(resideInAPackage("gateway..")
                                        .and(not(nameMatching(
                                                "gateway\\.(proxy|registry\\.Registration|health\\.HealthChecker).*"))))
                                .should()
                                .dependOnClassesThat(resideInAnyPackage("okhttp3..", "okio.."))),
                Arguments.of(
                        "Micrometer is seen by metrics only",
                        noClasses()
                                .that(resideInAPackage("gateway..").and(not(resideInAPackage("gateway.metrics"))))
                                .should()
                                .dependOnClassesThat(resideInAnyPackage("io.micrometer..", "io.prometheus.."))),
                Arguments.of(
                        "strategies don't know who uses them, and interfaces not who implements them",
                        noClasses()
                                .that()
                                .areInterfaces()
                                .should()
                                .dependOnClassesThat(simpleName("RoundRobin")
                                        .or(simpleName("SlidingWindow"))
                                        .or(simpleName("SharedLimit"))
                                        .or(simpleName("Unlimited")))),
                Arguments.of(
                        "nothing static is mutable",
                        fields().that().areStatic().should().beFinal()));
    }

    private static Arguments rule(String words, String who, String... notWhom) {
        ArchRule rule =
                noClasses().that().resideInAPackage(who).should().dependOnClassesThat(resideInAnyPackage(notWhom));
        return Arguments.of(words, rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void the_layout_holds(String words, ArchRule rule) {
        rule.check(CLASSES);
    }
}
