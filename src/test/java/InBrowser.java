import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
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

    @AfterEach
    void the_page_has_not_complained() {
        browser.closePages();
        assertEquals(List.of(), browser.errorsOfThePage());
    }
}
