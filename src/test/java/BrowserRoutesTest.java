import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a gateway with several routes. */
class BrowserRoutesTest extends InBrowser {
    private TestGateway gateway(Map<String, String> settings, String routes) throws Exception {
        return TestGateway.withRoutes("routes:\n" + routes, settings);
    }

    private static Locator route(Page page, String name) {
        return page.locator("[data-route='" + name + "']");
    }

    private static Locator cards(Page page, String route) {
        return route(page, route).locator("[data-backend]");
    }

    private static Locator number(Locator part, String name) {
        return part.locator("[data-number='" + name + "'] dd").first();
    }

    @Test
    void each_route_has_a_head_with_what_it_takes_and_how_and_below_it_its_services() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = gateway(
                        Map.of("GATEWAY_RATE_LIMIT", "off"),
                        "  default: {match: {path: /api}}\n"
                                + "  shop: {match: {path: /shop, host: 127.0.0.1, methods: [POST, GET]},"
                                + " limits: [4/1h by client, 9/1h by route], health: {path: /healthz, status: 200-399},"
                                + " services: [{url: \"" + a.url() + "\", weight: 3}, \"" + b.url() + "\"]}\n")) {
            Page page = browser.open(gateway);
            assertThat(page.locator("#balancer-title")).hasText("Router");
            assertThat(page.locator("#balancer-name")).hasText("2 routes");
            Locator shop = route(page, "shop");
            assertThat(shop.locator("h4")).hasText("shop");
            assertThat(shop.locator(".match")).hasText("127.0.0.1/shop GET,POST");
            assertThat(shop.locator(".route-head .state")).hasText("2 healthy");
            assertThat(shop.locator(".route-head .why").first())
                    .hasText("Round Robin; 4/1h by client, 9/1h by routechecks: /healthz 200-399");
            assertThat(cards(page, "shop")).hasCount(2);
            assertThat(shop.locator("[data-backend='127.0.0.1-" + a.port() + "'] .weight")
                            .first())
                    .hasText("weight 3");
            assertThat(shop.locator(".weight:visible")).hasCount(1);
            assertThat(shop.locator("[data-backend][data-next]")).hasCount(1);
            assertThat(shop.locator(".route-head .next")).hasText("next: 127.0.0.1-" + a.port());

            Locator usual = route(page, "default");
            assertThat(usual.locator(".state")).hasText("no service");
            assertThat(usual).containsText("Until a service registers, every request gets a 503.");
            assertThat(usual.locator("[data-action=fold]")).isHidden();

            for (int i = 0; i < 5; i++) {
                gateway.get("/shop/" + i);
            }
            gateway.get("/api/x");
            assertThat(number(shop, "served")).hasText("4");
            assertThat(number(shop, "limited")).hasText("1");
            assertThat(number(usual, "failed")).hasText("1");
            assertThat(page.locator("#limiter-policy")).hasText("by route");
            assertThat(page.locator("#limiter [data-client='127.0.0.1']").first())
                    .containsText(Pattern.compile("127\\.0\\.0\\.1 shop.*4 of 4"));
            assertThat(page.locator("#figure-share h3")).hasText("Share of each route");
            assertThat(page.locator("#summary-share")).containsText("shop 100 %");

            Locator rows = page.locator("#requests tbody tr");
            assertThat(rows).hasCount(6);
            assertThat(rows.nth(0).locator("[data-cell=backend]")).hasText("none is healthy");
            assertThat(rows.nth(1).locator("[data-cell=backend]")).hasText("shop: not forwarded");
            assertThat(rows.nth(5).locator("[data-cell=backend]")).hasText("shop/127.0.0.1-" + a.port());
            rows.nth(5).locator("button").click();
            assertThat(page.locator("#trace .facts")).containsText("Routeshop");
            assertThat(page.locator("#trace .facts")).containsText("Chosen byRound Robin");
            assertEquals(List.of(), browser.errors());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sticky", "least-requests", "hash:client"})
    void a_strategy_that_chooses_by_the_request_is_not_said_to_have_a_next_one(String balance) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(
                        Map.of(),
                        "  shop: {match: {path: /shop}, balance: \"" + balance + "\", services: [\"" + a.url()
                                + "\"]}\n")) {
            Page page = browser.open(gateway);
            assertThat(page.locator("[data-backend]").first()).hasAttribute("data-status", "healthy");
            assertThat(page.locator("#balancer-next")).isHidden();
            assertThat(page.locator("[data-backend] .next")).isHidden();
        }
    }

    @Test
    void a_second_route_makes_groups_and_its_end_takes_them_away() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            assertThat(page.locator("#backends [data-backend]")).hasCount(1);
            assertThat(page.locator("#send-label")).hasText("Path, below /api");
            assertThat(page.locator("[name=route]")).isHidden();

            gateway.send(gateway.request("/routes/shop")
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString(
                            "{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + a.url() + "\"]}")));
            assertThat(cards(page, "shop")).hasCount(1);
            assertThat(cards(page, "default")).hasCount(1);
            assertThat(page.locator("#backends [data-backend]")).hasCount(0);
            assertThat(page.locator("#send-label")).hasText("Path");
            assertThat(page.locator("#send-path")).hasValue("/api/data");
            page.fill("#send-path", "/shop/x");
            page.click("#send-one");
            assertThat(page.locator("[data-result=served]")).hasCount(1);
            assertThat(number(route(page, "shop"), "served")).hasText("1");

            gateway.delete("/routes/shop");
            assertThat(page.locator("#routes")).isHidden();
            assertThat(page.locator("#backends [data-backend]").first()).isVisible();
            assertThat(page.locator("#balancer-title")).hasText("Balancer");
            assertThat(page.locator("#balancer-name")).hasText("Round Robin");
            assertThat(page.locator("#send-label")).hasText("Path, below /api");
            assertEquals(List.of(), browser.errors());
        }
    }

    @Test
    void a_service_registers_with_a_route_and_its_buttons_concern_that_route_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway =
                        gateway(Map.of(), "  docs: {match: {path: /manual}}\n  shop: {match: {path: /shop}}\n")) {
            Page page = browser.open(gateway);
            for (String route : List.of("docs", "shop")) {
                page.fill("[name=name]", "orders");
                page.fill("[name=url]", a.url());
                page.fill("[name=route]", route);
                page.press("[name=url]", "Enter");
                assertThat(page.locator("#register-result")).containsText("orders was added and is healthy");
                assertThat(cards(page, route)).hasCount(1);
            }
            page.fill("[name=name]", "orders");
            page.fill("[name=url]", a.url());
            page.press("[name=url]", "Enter");
            assertThat(page.locator("#error-route")).containsText("is missing");
            assertThat(page.locator("[name=route]")).isFocused();

            cards(page, "shop").locator("[aria-label='Drain shop/orders']").click();
            assertThat(page.locator("#toast")).hasText("shop/orders is draining: it gets no new requests.");
            assertThat(cards(page, "shop")).hasAttribute("data-status", "draining");
            assertThat(cards(page, "docs")).hasAttribute("data-status", "healthy");
            assertThat(route(page, "shop")).hasAttribute("data-status", "unhealthy");
            assertThat(page.locator("#routes-trouble")).hasText("1 route without a healthy service");
            assertEquals(503, gateway.get("/shop/x").statusCode());
            assertEquals(200, gateway.get("/manual/x").statusCode());

            cards(page, "shop").locator("[data-action=remove]").click();
            page.click("#confirm [data-action=confirm-remove]");
            assertThat(cards(page, "shop")).hasCount(0);
            assertThat(cards(page, "docs")).hasCount(1);
        }
    }

    /** A drain keeps the clients that a cookie binds; whoever needs the service gone at once can move them. */
    @Test
    void clients_that_are_bound_to_a_draining_service_can_be_moved() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = gateway(
                        Map.of(),
                        "  shop: {match: {path: /shop}, balance: sticky, services: [\"" + a.url() + "\", \"" + b.url()
                                + "\"]}\n")) {
            Page page = browser.open(gateway);
            Locator card = page.locator("[data-backend='127.0.0.1-" + a.port() + "']");
            assertThat(card.locator("[data-action=move]")).isHidden();
            card.locator("[data-action=drain]").click();
            assertThat(card.locator("[data-action=resume]")).isFocused();
            card.locator("[data-action=move]").click();
            assertThat(page.locator("#toast"))
                    .containsText("is draining, and clients that were bound to it go elsewhere.");
            assertThat(card.locator(".why")).containsText("also moves the clients");
            assertThat(card.locator("[data-action=move]")).isHidden();
            assertThat(card.locator("[data-action=resume]")).isFocused();
            card.locator("[data-action=resume]").click();
            assertThat(card).hasAttribute("data-status", "healthy");
        }
    }

    @Test
    void routes_fold_by_keyboard_and_stay_as_they_were_left() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(Map.of(), routes(2, a))) {
            Page page = browser.open(gateway);
            Locator toggle = route(page, "route-1").locator("[data-action=fold]");
            assertThat(toggle).hasAttribute("aria-expanded", "true");
            assertThat(toggle).hasAttribute("aria-label", "Hide 1 service of route-1");
            assertThat(cards(page, "route-1")).isVisible();
            toggle.focus();
            page.keyboard().press("Enter");
            assertThat(toggle).hasAttribute("aria-expanded", "false");
            assertThat(toggle).hasText("Show 1 service");
            assertThat(toggle).isFocused();
            assertThat(cards(page, "route-1")).isHidden();
            assertThat(cards(page, "route-0")).isVisible();
            gateway.get("/route-1/x");
            assertThat(number(route(page, "route-1"), "served")).hasText("1");
            assertThat(cards(page, "route-1")).isHidden();
            page.keyboard().press("Space");
            assertThat(cards(page, "route-1")).isVisible();
            page.keyboard().press("Tab");
            assertThat(cards(page, "route-1").locator("[data-action=drain]")).isFocused();
        }
    }

    /** With its services folded away, a route looked well whatever they did as long as one was healthy. */
    @Test
    void the_head_of_a_folded_route_says_that_a_service_is_unhealthy_or_answers_far_more_errors() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.raw("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n");
                TestBackend c = TestBackend.named("c");
                TestGateway gateway = gateway(
                        Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"),
                        "  docs: {match: {path: /docs}, services: [\"" + a.url() + "\"]}\n"
                                + "  shop: {match: {path: /shop}, services: [\"" + a.url() + "\", \"" + b.url()
                                + "\", \"" + c.url() + "\"]}\n")) {
            Page page = browser.open(gateway);
            Locator head = route(page, "shop").locator(".route-head");
            route(page, "shop").locator("[data-action=fold]").click();
            assertThat(head.locator(".state")).hasText("3 healthy");
            assertThat(head.locator(".tag:visible")).hasCount(0);
            c.kill();
            assertThat(head.locator(".state")).hasText("2 of 3 healthy");
            assertThat(head.locator("[data-tone=failed].tag")).hasText("1 unhealthy");
            Await.until(
                    "far more errors",
                    () -> { // after a stall of this process, a few requests prove nothing
                        for (int i = 0; i < 40; i++) {
                            gateway.get("/shop/x");
                        }
                        return head.locator("[data-tone=error].tag")
                                .textContent()
                                .equals("1 of 3 services answers far more errors than the others");
                    });
            assertThat(cards(page, "shop").first()).isHidden();
            assertThat(page.locator(".beads[data-errors]")).hasCount(1);
            assertThat(route(page, "docs").locator(".route-head .tag:visible")).hasCount(0);

            BrowserGatewayTest.look(page, "folded-route");
        }
    }

    private static String routes(int count, TestBackend backend) {
        return IntStream.range(0, count)
                .mapToObj(i -> "  route-" + i + ": {match: {path: /route-" + i + "}, services: [\"" + backend.url()
                        + "\"], health: off}\n")
                .collect(Collectors.joining());
    }

    @Test
    void of_many_routes_any_is_found_by_a_part_of_its_name_path_or_host() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(
                        Map.of(),
                        routes(60, a) + "  special: {match: {path: /route-special, host: special.example}}\n")) {
            Page page = browser.open(gateway);
            assertThat(page.locator("[data-route]")).hasCount(40);
            assertThat(page.locator("#balancer-name")).hasText("61 routes");
            assertThat(page.locator("#routes-words"))
                    .hasText("40 are shown: those without a healthy service, then the busiest.");
            assertThat(cards(page, "route-0")).isHidden();

            page.fill("#find-route", "ROUTE-5");
            assertThat(page.locator("#routes-words")).hasText("11 of 61 routes match.");
            assertThat(page.locator("[data-route]")).hasCount(11);
            assertThat(page.locator("#find-route")).isFocused();
            assertThat(page.locator("#connection")).hasText("live");
            page.fill("#find-route", "special.ex");
            assertThat(page.locator("[data-route]")).hasCount(1);
            assertThat(route(page, "special")).isVisible();
            page.reload();
            assertThat(page.locator("#find-route")).hasValue("special.ex");
            assertThat(page.locator("[data-route]")).hasCount(1);
            page.fill("#find-route", "nothing");
            assertThat(page.locator("#routes-words")).hasText("None of 61 routes matches.");
            assertThat(page.locator("[data-route]")).hasCount(0);
            page.fill("#find-route", "");
            assertThat(page.locator("[data-route]")).hasCount(40);
            assertEquals(List.of(), browser.errors());
        }
    }

    /** Leaves target/screenshots/ for people to look at. */
    @Test
    void nothing_sticks_out_at_the_side_however_long_and_many_they_are() throws Exception {
        String name = "a-route-with-a-name-as-long-as-they-may-be-" + "x".repeat(21);
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = gateway(
                        Map.of("GATEWAY_RATE_LIMIT", "2/1h"),
                        routes(29, a) + "  " + name + ": {match: {path: /" + "long/".repeat(40) + "path, host: "
                                + "a-host-as-long-as-a-label-may-be-" + "x".repeat(30) + ".example}, services: [\""
                                + a.url() + "\", {url: \"" + b.url() + "\", weight: 1000}], limits: [100/60s by client,"
                                + " 1000/60s by header:X-A-Header-With-A-Rather-Long-Name, 100000/24h by route]}\n")) {
            Page page = browser.open(gateway, 360, 900, ColorScheme.LIGHT);
            for (int i = 0; i < 12; i++) {
                gateway.get("/route-" + i % 4 + "/orders/" + i);
            }
            assertThat(page.locator("[data-route]")).hasCount(30);
            assertThat(page.locator("#requests tbody tr")).hasCount(12);
            assertThat(page.locator("#summary-share")).not().hasText("No route got a request.");
            route(page, name).locator("[data-action=fold]").click();
            assertThat(cards(page, name)).hasCount(2);
            for (int width : List.of(360, 768, 1280, 1600)) {
                for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    look(page, width, scheme);
                }
            }
            assertTrue(BrowserReadTest.named(page) > 50, "each of 30 routes has a button");
        }
    }

    private static void look(Page page, int width, ColorScheme scheme) {
        page.setViewportSize(width, 900);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.waitForFunction("width => document.documentElement.scrollWidth === width", width);
        String name = width + "-" + scheme.name().toLowerCase() + "-30-routes.png";
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "screenshots", name)));
        assertEquals(
                List.of(),
                page.evaluate("() => [...document.querySelectorAll('.route-head .card, .pool .card')]"
                        + ".filter(card => card.scrollWidth > card.clientWidth).map(card => card.textContent)"),
                "cut off at " + width);
    }
}
