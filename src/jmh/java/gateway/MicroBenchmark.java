package gateway;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How all micro-benchmarks are run: average time of one operation, in a JVM of their own for each. {@code mvn -q -Pbench
 * test-compile exec:exec} runs them; -Djmh="LimitBenchmark -prof gc" chooses some and gives JMH options. Results that
 * were measured are in bench/micro.md.
 *
 * <p>The heap is small and touched beforehand: else what a benchmark allocates costs the first touch of each page,
 * which is many times the allocation itself and differs from run to run.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public abstract class MicroBenchmark {}
