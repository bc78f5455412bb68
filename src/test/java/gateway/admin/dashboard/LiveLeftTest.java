package gateway.admin.dashboard;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.events.EventLog;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which services that left the page still shows. */
class LiveLeftTest {
    private final FakeTime time = new FakeTime();
    private final EventLog events = new EventLog(time);
    private final ServiceList services = new ServiceList(time);

    @BeforeEach
    void listen() {
        services.tell(events);
    }

    private void come(String name, String url) {
        services.register(new Service(name, ServiceUrl.parse(url), Optional.empty()), Who.GATEWAY);
    }

    private void leave(String name) {
        services.remove(everywhere(name, Optional.empty()), Who.operator("127.0.0.1"));
    }

    private List<String> left() {
        return LiveLeft.of(events, services.all(), time.now()).stream()
                .map(left -> left.event().service() + " " + left.event().url())
                .toList();
    }

    @Test
    void one_that_left_is_shown_for_ten_minutes() {
        come("a", "http://h:1");
        assertEquals(List.of(), left());
        leave("a");
        time.pass(Duration.ofMinutes(10).minusMillis(1));
        assertEquals(List.of("a http://h:1"), left());
        time.pass(Duration.ofMillis(1));
        assertEquals(List.of(), left());
    }

    @Test
    void one_that_is_back_is_not_shown_but_another_of_its_name_is() {
        come("a", "http://h:1");
        come("a", "http://h:2");
        leave("a");
        come("a", "http://h:1");
        assertEquals(List.of("a http://h:2"), left());
    }

    @Test
    void one_that_left_twice_is_shown_once() {
        for (int i = 0; i < 2; i++) {
            come("a", "http://h:1");
            leave("a");
        }
        assertEquals(List.of("a http://h:1"), left());
    }

    @Test
    void of_many_those_that_left_last_are_shown() {
        for (int i = 0; i < 30; i++) {
            come("s" + i, "http://h:1");
            leave("s" + i);
        }
        assertEquals(LiveLeft.MOST, left().size());
        assertEquals("s29 http://h:1", left().get(0));
    }
}
