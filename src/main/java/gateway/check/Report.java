package gateway.check;

import java.io.PrintStream;

/** What a check has found, line by line as it is found, and what a script makes of it. */
final class Report {
    /** All is as it should be. */
    static final int FINE = 0;
    /** Settings or arguments can't be used: the gateway wouldn't start. */
    static final int UNUSABLE = 2;
    /** The settings can be used, but something that they name isn't there. */
    static final int MISSING = 3;

    private final PrintStream out;
    private int code = FINE;

    Report(PrintStream out) {
        this.out = out;
    }

    void ok(String words) {
        line("ok", words);
    }

    /** What an operator should know; it changes no exit code. */
    void note(String words) {
        line("note", words);
    }

    /** Something can't be reached, or can't be had. */
    void missing(String words) {
        line("BAD", words);
        code = code == UNUSABLE ? UNUSABLE : MISSING;
    }

    /** The gateway wouldn't start. */
    void unusable(String words) {
        words.lines().forEach(line -> line("BAD", line));
        code = UNUSABLE;
    }

    private void line(String mark, String words) {
        out.printf("%-4s  %s%n", mark, words);
    }

    int code() {
        return code;
    }
}
