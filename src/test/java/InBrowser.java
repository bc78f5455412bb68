import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests in a real browser, one for all of them; a page that complains fails its test. Skipped without Chromium. */
@ResourceLock("the browser")
@Tag("browser")
@EnabledIf(value = "Browser#isThere", disabledReason = Browser.SKIPPED)
@ExtendWith(InBrowser.OneForAll.class)
abstract class InBrowser {
    static Browser browser;

    /** Starts the browser before the first class, and ends it after the last. */
    static final class OneForAll implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            browser = context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(OneForAll.class))
                    .getOrComputeIfAbsent(Browser.class, key -> Browser.start(), Browser.class);
        }
    }

    /** A gateway after three requests: /api/one was served, /api/two limited, and /api/three came from 127.0.0.2. */
    static TestGateway usedByTwoClients(TestBackend backend) throws Exception {
        TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/1h"), backend);
        try (RawClient second = gateway.from("127.0.0.2")) {
            gateway.get("/api/one");
            gateway.get("/api/two");
            second.send("GET /api/three HTTP/1.1\r\nHost: x\r\n\r\n").answer();
        }
        return gateway;
    }

    @AfterEach
    void the_page_has_not_complained() {
        browser.closePages();
        assertEquals(List.of(), browser.errorsOfThePage());
    }
}
