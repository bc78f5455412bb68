package gateway.check;

import java.io.PrintStream;

/** Prints the findings of a check line by line, and keeps the exit code for scripts. */
final class Report {
    /** The exit code if all is well. */
    static final int FINE = 0;
    /** The exit code if settings or arguments can't be used: the gateway wouldn't start. */
    static final int UNUSABLE = 2;
    /** The exit code if the settings can be used, but something that they name can't be reached. */
    static final int MISSING = 3;

    private final PrintStream out;
    private int code = FINE;

    Report(PrintStream out) {
        this.out = out;
    }

    void ok(String words) {
        line("ok", words);
    }

    /** Reports something that an operator should know; leaves the exit code unchanged. */
    void note(String words) {
        line("note", words);
    }

    /** Reports something that can't be reached or used. */
    void missing(String words) {
        line("BAD", words);
        code = code == UNUSABLE ? UNUSABLE : MISSING;
    }

    /** Reports why the gateway would not start. */
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
