package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.events.Event;
import gateway.events.Subject;
import gateway.registry.Service;

/**
 * Something that has happened, in {@code /events}.
 *
 * @param number counts all events since the gateway's start, from 1
 * @param time when, ISO-8601
 * @param kind one word, from {@link gateway.events.EventKind}
 * @param route the route that it is about; null if it is about none, or about a service in the default one
 * @param service the name of the service that it is about; null if it is about none
 * @param instance the id of its instance; null like the service
 * @param url that instance's URL; null like the service
 * @param reason why, or what exactly, for people
 * @param who one word, from {@link gateway.events.Who}
 * @param address the IP address of who asked for it; null if nobody did
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventView(
        long number,
        String time,
        String kind,
        String route,
        String service,
        String instance,
        String url,
        String reason,
        String who,
        String address) {
    public static EventView of(Event event) {
        Subject subject = event.subject();
        return new EventView(
                event.number(),
                event.time().toString(),
                event.kind().word(),
                subject.service() != null && Service.DEFAULT_ROUTE.equals(subject.route()) ? null : subject.route(),
                subject.service(),
                subject.instance(),
                subject.url(),
                event.reason(),
                event.who().word(),
                event.who().address());
    }
}
