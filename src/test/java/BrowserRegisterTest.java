import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The form that registers a service, and what it asks when others have its name. */
class BrowserRegisterTest extends InBrowser {
    private static final Map<String, String> NONE = Map.of("GATEWAY_SERVICES", "");

    private static Locator card(Page page, String name) {
        return page.locator("[data-backend='" + name + "']");
    }

    private static Locator result(Page page) {
        return page.locator("#register-result");
    }

    private static void register(Page page, String name, String url) {
        page.fill("[name=name]", name);
        page.fill("[name=url]", url);
        page.press("[name=url]", "Enter");
    }

    @Test
    void a_registration_appears_with_its_first_check_and_a_bad_one_is_explained_by_field() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            Page page = browser.open(gateway);
            assertThat(page.locator("#no-backends")).containsText("No service is registered");
            page.fill("[name=name]", "my orders");
            page.fill("[name=url]", "localhost");
            page.press("[name=url]", "Enter");
            assertThat(page.locator("#error-name")).containsText("must be 1 to 64 letters");
            assertThat(page.locator("#error-url")).containsText("must start with http");
            assertThat(page.locator("[name=name]")).isFocused();

            page.fill("[name=name]", "orders");
            page.fill("[name=url]", a.url());
            page.press("[name=url]", "Enter");
            assertThat(page.locator("#register-result")).containsText("orders was added and is healthy");
            assertThat(card(page, "orders")).hasAttribute("data-status", "healthy");
            assertThat(page.locator("#no-backends")).isHidden();
        }
    }

    @Test
    void without_a_service_the_page_says_what_starts_one_for_this_gateway_and_where_it_was() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NONE)) {
            Page page = browser.open(gateway);
            String url = "http://127.0.0.1:" + gateway.port();
            assertThat(page.locator("#how-to-start")).hasText("GATEWAY_URL=" + url + " ./run.sh a");
            assertThat(page.locator("#how-to-register")).containsText(url + "/services");
            gateway.post("/services", "{\"name\":\"service-a\",\"url\":\"" + a.url() + "\"}");
            assertThat(card(page, "service-a")).hasCount(1);
            gateway.delete("/services/service-a");
            assertThat(page.locator("#how-to-start")).hasText("GATEWAY_URL=" + url + " ./run.sh a " + a.port());
        }
    }

    /** Somebody who typed a name that was taken, by a slip, had half of its requests go elsewhere without a word. */
    @Test
    void a_name_that_is_in_use_gets_a_further_instance_only_after_a_question() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(NONE)) {
            gateway.post("/services", "{\"name\":\"orders\",\"url\":\"" + a.url() + "\"}");
            Page page = browser.open(gateway);
            Locator question = page.locator("#confirm");
            register(page, "orders", b.url());
            assertThat(question.locator("h2")).hasText("Add another instance of orders?");
            assertThat(question).containsText("orders is registered at " + a.url() + " (healthy).");
            assertThat(question).containsText(b.url() + " becomes a further instance and replaces nothing");
            assertThat(question).containsText("add this one and then remove the other one");
            assertThat(question.locator("[data-action=keep]")).isFocused();
            page.keyboard().press("Escape");
            assertThat(question).isHidden();
            assertThat(result(page)).hasText("Not registered; nothing has changed.");
            assertThat(page.locator("[name=url]")).isFocused();
            assertThat(page.locator("[name=url]")).hasValue(b.url());
            assertEquals(1, gateway.json("/services").path("total_services").asInt());

            page.keyboard().press("Enter");
            assertThat(question.locator("[data-action=keep]")).isFocused();
            page.keyboard().press("Shift+Tab");
            assertThat(question.locator("[data-action=confirm-add]")).isFocused();
            page.keyboard().press("Enter");
            assertThat(result(page)).containsText("orders was added and is healthy");
            assertThat(result(page)).containsText("orders has 2 instances, which take turns: ");
            assertThat(page.locator("[name=name]")).isFocused();
            assertThat(card(page, "orders")).hasCount(2);
            assertThat(page.locator("[data-key='orders " + a.url() + "']")).hasAttribute("data-status", "healthy");
            assertEquals(List.of(), browser.errors());
        }
    }

    /** To remove one that renews a lease would be in vain: it would be back a moment later. */
    @Test
    void the_question_names_all_instances_with_their_state_and_advises_to_stop_one_that_renews_a_lease()
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(NONE)) {
            gateway.post("/services", "{\"name\":\"orders\",\"url\":\"" + a.url() + "\",\"lease\":\"1h\"}");
            gateway.post("/services", "{\"name\":\"orders\",\"url\":\"" + b.url() + "\"}");
            gateway.post("/services/orders/drain?instance=" + b.url(), "");
            Page page = browser.open(gateway);
            register(page, "orders", "http://127.0.0.2:" + a.port());
            Locator question = page.locator("#confirm");
            assertThat(question).containsText(a.url() + " (healthy)");
            assertThat(question).containsText(b.url() + " (draining)");
            assertThat(question).containsText("add this one and then stop the others");
        }
    }

    @Test
    void a_service_that_is_only_renewed_and_one_of_another_route_are_registered_without_a_question() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.withRoutes(
                        "routes:\n  shop: {match: {path: /shop}}\n  docs: {match: {path: /docs}}\n")) {
            Page page = browser.open(gateway);
            for (String route : List.of("shop", "docs")) {
                page.fill("[name=route]", route);
                register(page, "orders", route.equals("shop") ? a.url() : b.url());
                assertThat(result(page)).containsText("orders was added and is healthy");
                assertThat(page.locator("[data-route=" + route + "] [data-backend=orders]"))
                        .hasCount(1);
            }
            page.fill("[name=route]", "shop");
            register(page, "orders", a.url().replace("http://", "HTTP://") + "/");
            assertThat(result(page)).containsText("orders was renewed and is healthy");
            page.fill("[name=route]", "shop");
            register(page, "orders", b.url());
            assertThat(page.locator("#confirm h2")).hasText("Add another instance of shop/orders?");
        }
    }

    @Test
    void a_service_of_the_settings_that_gets_a_name_is_said_to_have_taken_the_place_of_the_one_without()
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            register(page, "orders", a.url());
            assertThat(result(page))
                    .containsText("It has taken the place of 127.0.0.1-" + a.port() + " at " + a.url() + ".");
            assertThat(card(page, "orders")).hasCount(1);
            assertThat(page.locator("[data-backend]")).hasCount(1);
        }
    }

    @Test
    void while_it_is_looked_whether_a_name_is_in_use_nothing_is_registered_and_that_can_be_cancelled()
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NONE)) {
            Page page = browser.open(gateway);
            page.route("**/services", route -> {}); // which never answers
            register(page, "orders", a.url());
            assertThat(result(page)).hasText("Looking whether the name is in use …");
            page.locator("#waiting [data-action=cancel]").click();
            assertThat(result(page)).hasText("Not registered; nothing has changed.");
            assertEquals(0, gateway.json("/services").path("total_services").asInt());
        }
    }
}
