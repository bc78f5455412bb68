package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Backend;
import gateway.registry.HealthForm;
import gateway.registry.Service;
import gateway.util.Durations;

/**
 * An instance of a service in {@code /services}.
 *
 * @param route the route whose requests it gets; null for the default one
 * @param instance its id: the one that it gave itself, or else its URL
 * @param since when it got this status, ISO-8601
 * @param draining true while it is draining, else null
 * @param full true while it has as many requests as it may have, else null
 * @param lastCheck the latest check; null before the first
 * @param weight how many requests it gets in proportion to the others; null for 1
 * @param health how it is checked, if it said so itself, else null; without the query of its path
 * @param answers what has become of its requests since it is in the list
 * @param lastMinute the same of the last minute
 * @param farMoreErrors true while it answers far more errors than the others of its route, else null
 * @param lease the lease; null for a service that stays until it is deleted
 * @param leaseLeftMs milliseconds until it leaves the list unless it renews
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceView(
        String name,
        String route,
        String instance,
        String url,
        String status,
        String since,
        String reason,
        Boolean draining,
        Boolean full,
        Integer weight,
        JsonNode health,
        CheckView lastCheck,
        long requests,
        long failures,
        int inFlight,
        AnswersView answers,
        AnswersView lastMinute,
        Boolean farMoreErrors,
        String lease,
        Long leaseLeftMs) {

    public static ServiceView of(Backend backend, long now) {
        return new ServiceView(
                backend.name(),
                backend.route().equals(Service.DEFAULT_ROUTE) ? null : backend.route(),
                backend.instance(),
                backend.urlText(),
                backend.statusWord(),
                backend.since().toString(),
                backend.reason(),
                backend.draining() ? true : null,
                backend.load().isFull() ? true : null,
                backend.weight() == 1 ? null : backend.weight(),
                backend.health().map(HealthForm::withoutQuery).orElse(null),
                backend.checks().last().map(CheckView::of).orElse(null),
                backend.load().requests(),
                backend.load().failures(),
                backend.load().inFlight(),
                AnswersView.of(backend.load().byClass().sinceStart()),
                AnswersView.of(backend.load().byClass().lastMinute()),
                backend.load().farMoreErrors() ? true : null,
                backend.lease().length().map(Durations::text).orElse(null),
                backend.lease().left(now).map(left -> left.toMillis()).orElse(null));
    }
}
