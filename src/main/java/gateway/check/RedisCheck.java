package gateway.check;

import gateway.cluster.RedisProbe;
import gateway.settings.Settings;

/** Checks of each Redis node whether it can be reached, accepts the gateway's credentials, and never evicts keys. */
final class RedisCheck {
    private RedisCheck() {}

    static void show(Settings settings, Report report) {
        if (settings.redis().isEmpty()) {
            report.ok("redis: none; limit and list are this gateway's own");
            return;
        }
        for (RedisProbe.Answer answer : RedisProbe.ask(settings.redis().get())) {
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
    }
}
