package gateway.settings;

import java.time.Duration;

/**
 * How often services are checked, and how many checks it takes to make one healthy or unhealthy.
 *
 * @param interval the time from one check of a service to its next, give or take a tenth
 * @param timeout how long a check may take, from connecting to the last byte
 * @param rise good checks in a row that make an unhealthy service healthy
 * @param fall bad checks in a row that make a service unhealthy; to a request, one refused connection is enough
 */
public record HealthSettings(Duration interval, Duration timeout, int rise, int fall) {
    static final Setting<Duration> INTERVAL = Setting.duration(
            "GATEWAY_HEALTH_INTERVAL", "2s", "10ms", "1h", "time from one health check of a service to the next");
    static final Setting<Duration> TIMEOUT =
            Setting.duration("GATEWAY_HEALTH_TIMEOUT", "1s", "10ms", "1m", "how long a health check may take");
    static final Setting<Integer> RISE = Setting.integer(
            "GATEWAY_HEALTH_RISE", "2", 1, 100, "good checks in a row that make a service healthy again");
    static final Setting<Integer> FALL =
            Setting.integer("GATEWAY_HEALTH_FALL", "3", 1, 100, "bad checks in a row that make a service unhealthy");

    static HealthSettings read(SettingsReader reader) {
        return new HealthSettings(reader.read(INTERVAL), reader.read(TIMEOUT), reader.read(RISE), reader.read(FALL));
    }
}
