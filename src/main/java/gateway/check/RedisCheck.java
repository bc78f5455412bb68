package gateway.check;

import gateway.cluster.RedisProbe;
import gateway.cluster.SentinelProbe;
import gateway.settings.Settings;
import java.time.Duration;
import java.util.List;

/**
 * Checks of each Redis node whether it can be reached, accepts the gateway's credentials, and never evicts keys; of all
 * together whether the gateway's scripts may run; and of each sentinel whether it knows the master.
 */
final class RedisCheck {
    /** A master that may be silent for longer before another takes over is worth a note. */
    private static final Duration LONG = Duration.ofSeconds(5);

    private RedisCheck() {}

    static void show(Settings settings, Report report) {
        if (settings.redis().isEmpty()) {
            report.ok("redis: none; limit and list are this gateway's own");
            return;
        }
        SentinelProbe.ask(settings.redis().get()).forEach(answer -> show(answer, report));
        List<RedisProbe.Answer> answers = RedisProbe.ask(settings.redis().get());
        for (RedisProbe.Answer answer : answers) {
            String what = "redis " + answer.node() + ": ";
            if (answer.problem().isPresent()) {
                report.missing(what + answer.problem().get());
                continue;
            }
            report.ok(
                    what + answer.version().map(version -> "version " + version).orElse("reachable, version unknown"));
            answer.evicts()
                    .ifPresent(policy -> report.note(what + "maxmemory-policy is " + policy
                            + ": when full, it forgets clients' requests; noeviction doesn't"));
        }
        if (!answers.isEmpty()
                && answers.stream().allMatch(answer -> answer.problem().isEmpty())) {
            RedisProbe.refusal(settings.redis().get()).ifPresent(words -> report.missing("redis: " + words));
        }
    }

    private static void show(SentinelProbe.Answer answer, Report report) {
        if (answer.problem().isPresent()) {
            report.missing("redis " + answer.problem().get());
            return;
        }
        String what = "redis sentinel " + answer.sentinel() + ": ";
        report.ok(what + "the master is " + answer.master().orElseThrow());
        answer.replicas()
                .filter(replicas -> replicas == 0)
                .ifPresent(none -> report.note(what + "the master has no replica: no other can take over"));
        answer.downAfter()
                .filter(time -> time.compareTo(LONG) > 0)
                .ifPresent(time -> report.note(what + "down-after-milliseconds is " + time.toMillis()
                        + ": no other takes over before a master has been silent for so long; 1000 to 5000 is usual"));
    }
}
