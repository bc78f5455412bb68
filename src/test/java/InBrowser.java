import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests in a real browser, one for each class of them; a page that complains fails its test. Skipped without Chromium. */
@EnabledIf(value = "Browser#isThere", disabledReason = Browser.SKIPPED)
abstract class InBrowser {
    static Browser browser;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void endBrowser() {
        browser.close();
    }

    @AfterEach
    void the_page_has_not_complained() {
        browser.closePages();
        assertEquals(List.of(), browser.errorsOfThePage());
    }
}
