package gateway.check;

import gateway.cluster.RedisProbe;
import gateway.settings.Settings;

/** Asks each node of Redis whether it is there, lets the gateway in, and keeps what it is given. */
final class RedisCheck {
    private RedisCheck() {}

    static void show(Settings settings, Report report) {
        if (settings.redis().isEmpty()) {
            report.ok("redis: none; the limit and the list are this gateway's own");
            return;
        }
        for (RedisProbe.Answer answer : RedisProbe.ask(settings.redis().get())) {
            String what = "redis " + answer.node() + ": ";
            if (answer.problem().isPresent()) {
                report.missing(what + answer.problem().get());
                continue;
            }
            report.ok(
                    what + answer.version().map(version -> "version " + version).orElse("there, version not told"));
            answer.evicts()
                    .ifPresent(policy -> report.note(what + "maxmemory-policy is " + policy
                            + ": when full, it forgets what clients have used; noeviction doesn't"));
        }
    }
}
