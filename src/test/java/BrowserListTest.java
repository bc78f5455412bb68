import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page's lists: what is in the URL, many services, keyboard and fingers. */
class BrowserListTest extends InBrowser {
    private static final Map<String, String> NONE = Map.of("GATEWAY_SERVICES", "");

    private static Locator rows(Page page) {
        return page.locator("#requests tbody tr:visible");
    }

    private static String focused(Page page) {
        return (String) page.evaluate("() => document.activeElement.closest('[data-id], [data-backend]')?.dataset.id"
                + " ?? document.activeElement.closest('[data-backend]')?.dataset.backend"
                + " ?? document.activeElement.id");
    }

    @Test
    void the_list_holds_still_while_the_pointer_is_on_it() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            gateway.get("/api/first");
            assertThat(rows(page)).hasCount(1);
            rows(page).first().hover();
            gateway.get("/api/second");
            gateway.get("/api/third");
            assertThat(page.locator("#requests-count")).hasText("2 newer requests waiting while you read");
            assertThat(rows(page)).hasCount(1);
            page.mouse().move(5, 5);
            assertThat(rows(page)).hasCount(3);
            assertThat(page.locator("#requests-count")).isEmpty();
        }
    }

    @Test
    void a_row_says_only_what_is_odd_about_its_request() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            Page page = browser.open(gateway);
            gateway.get("/api/well");
            Locator row = rows(page).first();
            assertThat(row.locator("[data-cell=backend]")).hasText(Pattern.compile("^127\\.0\\.0\\.1-\\d+$"));
            assertThat(row.locator("[data-cell=attempts]")).isEmpty();
            a.kill();
            b.kill();
            gateway.get("/api/ill");
            assertThat(rows(page).first().locator("[data-cell=attempts]")).hasText("2");
            assertThat(rows(page).first().locator("[data-cell=backend]"))
                    .containsText(Pattern.compile("127\\.0\\.0\\.1-\\d+: connection refused"));
        }
    }

    @Test
    void filters_and_an_open_request_are_in_the_url_and_the_back_button_goes_through_them() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = usedByTwoClients(a)) {
            Page page = browser.open(gateway);
            assertThat(rows(page)).hasCount(3);
            page.selectOption("#filter-outcome", "served");
            page.locator("#filter-client").pressSequentially("127.0.0.2");
            assertThat(rows(page)).hasCount(1);
            assertThat(page).hasURL(Pattern.compile("\\?outcome=served&client=127\\.0\\.0\\.2$"));
            rows(page).locator("button").click();
            assertThat(page.locator("#trace")).containsText("/api/three");
            assertThat(page).hasURL(Pattern.compile("&request=\\w+$"));
            String shared = page.url();

            page.goBack();
            assertThat(page.locator("#trace")).isHidden();
            page.goBack();
            assertThat(page.locator("#filter-client")).hasValue("");
            assertThat(rows(page)).hasCount(2);
            page.goBack();
            assertThat(page.locator("#filter-outcome")).hasValue("");
            assertThat(rows(page)).hasCount(3);
            page.goForward();
            assertThat(page.locator("#filter-outcome")).hasValue("served");

            Page other = browser.page(1280, 900, ColorScheme.LIGHT);
            other.navigate(shared);
            assertThat(other.locator("#trace")).containsText("/api/three");
            other.keyboard().press("Escape");
            assertThat(other.locator("#trace")).isHidden();
            assertThat(other).hasURL(Pattern.compile("\\?outcome=served&client=127\\.0\\.0\\.2$"));
            assertThat(rows(other)).hasCount(1);

            other.navigate(shared.replaceAll("request=.*", "request=none"));
            assertThat(other.locator("#toast")).containsText("had the id none");
            assertThat(other).hasURL(Pattern.compile("client=127\\.0\\.0\\.2$"));
        }
    }

    @Test
    void the_client_filter_knows_addresses_however_they_are_written() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(
                        Map.of(
                                "GATEWAY_TRUSTED_PROXIES",
                                "127.0.0.0/8",
                                "GATEWAY_ADMIN_TOKEN",
                                "the-token-of-this-test"),
                        a)) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            page.click("#sign-in");
            page.fill("#token-field", "the-token-of-this-test");
            page.press("#token-field", "Enter");
            int sent = 0;
            for (String client : List.of("2001:db8:0:1::7", "2001:db8:0:2::7", "::1", "10.0.0.1")) {
                gateway.raw("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + client
                        + "\r\nConnection: close\r\n\r\n");
                assertThat(rows(page)).hasCount(++sent); // one after another, or their order would be anybody's guess
            }
            for (Map.Entry<String, List<String>> typed : Map.of(
                            "2001:DB8:0:1:0:0:0:7", List.of("2001:db8:0:1::7"),
                            "2001:db8:0:2::/64", List.of("2001:db8:0:2::7"),
                            "127.0.0.1", List.of("::1"),
                            "10.0", List.of("10.0.0.1"),
                            "2001:db8:", List.of("2001:db8:0:2::7", "2001:db8:0:1::7"))
                    .entrySet()) {
                page.fill("#filter-client", typed.getKey());
                assertThat(rows(page).locator("[data-cell=client]"))
                        .hasText(typed.getValue().toArray(String[]::new));
            }
        }
    }

    @Test
    void a_slash_filters_and_a_list_is_one_stop_through_which_the_arrow_keys_go() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            for (int i = 0; i < 3; i++) {
                gateway.get("/api/" + i);
            }
            Page page = browser.open(gateway);
            assertThat(rows(page)).hasCount(3);
            page.keyboard().press("/");
            assertThat(page.locator("#filter-text")).isFocused();
            page.keyboard().type("/api");
            assertThat(page.locator("#filter-text")).hasValue("/api");
            page.keyboard().press("Tab"); // Clear
            page.keyboard().press("Tab");
            List<String> ids = rows(page).all().stream()
                    .map(row -> row.getAttribute("data-id"))
                    .toList();
            assertEquals(ids.get(0), focused(page));
            page.keyboard().press("ArrowDown");
            assertEquals(ids.get(1), focused(page));
            page.keyboard().press("End");
            assertEquals(ids.get(2), focused(page));
            page.keyboard().press("Home");
            assertEquals(ids.get(0), focused(page));
            assertThat(page.locator("#requests tbody button[tabindex='0']")).hasCount(1);

            Locator cards = page.locator("[data-backend]");
            assertThat(page.locator("#backends button[tabindex='0']")).hasCount(1);
            cards.nth(0).locator("[data-action=drain]").focus();
            page.keyboard().press("ArrowRight");
            assertThat(cards.nth(0).locator("[data-action=remove]")).isFocused();
            page.keyboard().press("ArrowDown");
            assertThat(cards.nth(1).locator("[data-action=remove]")).isFocused();
            page.keyboard().press("Shift+Tab");
            assertThat(page.locator("[data-backend] button:focus")).hasCount(0);
        }
    }

    @Test
    void of_thirty_services_those_that_are_not_well_come_first_and_any_is_found() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NONE)) {
            for (int i = 10; i < 40; i++) {
                gateway.post("/services", "{\"name\":\"service-" + i + "\",\"url\":\"" + a.url() + "\"}");
            }
            Page page = browser.open(gateway);
            Locator cards = page.locator("[data-backend]");
            assertThat(cards).hasCount(30);
            assertThat(page.locator("#services-count")).hasText("30 services, 30 healthy.");
            gateway.post("/services/service-33/drain", "");
            assertThat(cards.first()).hasAttribute("data-backend", "service-33");
            assertThat(page.locator("#services-count")).hasText("30 services, 29 healthy.");
            page.uncheck("#unhealthy-first");
            assertThat(cards.first()).hasAttribute("data-backend", "service-10");
            page.check("#unhealthy-first");
            assertThat(cards.first()).hasAttribute("data-backend", "service-33");

            cards.nth(4).locator("[data-action=drain]").focus();
            String name = cards.nth(4).getAttribute("data-backend");
            gateway.post("/services/service-39/drain", "");
            assertThat(page.locator("[data-backend=service-39]")).hasAttribute("data-status", "draining");
            assertThat(cards.nth(4)).hasAttribute("data-backend", name); // while the user is there
            page.locator("#find-service").focus();
            assertThat(cards.nth(1)).hasAttribute("data-backend", "service-39");

            page.fill("#find-service", "SERVICE-2");
            assertThat(cards).hasCount(10);
            assertThat(page.locator("#services-count")).hasText("30 services, 28 healthy; 10 match.");
            page.reload();
            assertThat(page.locator("#find-service")).hasValue("SERVICE-2");
            assertThat(cards).hasCount(10);
            page.fill("#find-service", "nothing");
            assertThat(cards).hasCount(0);
            assertThat(page.locator("#services-count")).hasText("30 services, 28 healthy; none matches.");
            assertThat(page.locator("#no-backends")).isHidden();
        }
    }

    @Test
    void whatever_a_finger_presses_is_at_least_24_pixels_high_and_wide() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/1h"), a)) {
            gateway.get("/api/x");
            Page page = browser.open(gateway, 360, 900, ColorScheme.LIGHT);
            page.click("#send-one");
            assertThat(page.locator("[data-result]")).hasCount(1);
            assertThat(page.locator("#limiter button")).hasCount(1);
            assertEquals(List.of(), small(page));
            rows(page).first().locator("button").click();
            assertThat(page.locator("#trace")).isVisible();
            assertEquals(List.of(), small(page));
        }
    }

    /** Links in a sentence are exempt (WCAG 2.2, 2.5.8). */
    private static Object small(Page page) {
        return page.evaluate("() => [...document.querySelectorAll('button, input, select, summary, a:not(p a, .skip)')]"
                + ".map(one => [one, one.getBoundingClientRect()])"
                + ".filter(([one, box]) => box.width > 0 && (box.width < 24 || box.height < 24))"
                + ".map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)");
    }

    @Test
    void without_javascript_the_page_says_what_to_do() {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = browser.pageWithoutScripts();
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(page.locator("noscript p")).containsText("This page needs JavaScript.");
            page.click("noscript a[href='services']");
            assertThat(page.locator("body")).containsText("total_services");
        }
    }
}
