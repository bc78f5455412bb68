package gateway.check;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.util.Time;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code --check}: says whether a gateway with these settings would start, and whether everything that they name can
 * be reached. It starts and changes nothing; a running gateway notices only a request for its health.
 */
public final class ConfigCheck {
    /** The options, for usage lines. */
    public static final String OPTIONS = " [" + CheckArguments.CHECK + "] [" + CheckArguments.CLIENT
            + " \"ADDRESS, ADDRESS\" " + CheckArguments.PEER + " ADDRESS]";

    private ConfigCheck() {}

    /** Checks and ends the process with {@link #run}'s exit code, if the arguments ask for that; else returns. */
    public static void exitIfAskedFor(String[] arguments) {
        List<String> given = Arrays.asList(arguments);
        if (given.contains(CheckArguments.CHECK) || given.contains(CheckArguments.CLIENT)) {
            System.exit(run(arguments, System.getenv(), System.out));
        }
    }

    /**
     * Checks, and prints the findings.
     *
     * @return the exit code: 0 if all is well, 2 if settings or arguments can't be used, 3 if something can't be
     * reached
     */
    public static int run(String[] arguments, Map<String, String> environment, PrintStream out) {
        Report report = new Report(out);
        try {
            CheckArguments asked = CheckArguments.parse(List.of(arguments));
            Settings settings = Settings.from(environment);
            if (asked.everything()) {
                checkEverything(settings, environment, report);
            }
            asked.claim().ifPresent(claim -> ClientCheck.show(settings.clients().trustedProxies(), claim, report));
        } catch (InvalidSettings e) {
            report.unusable(e.getMessage());
        }
        return report.code();
    }

    private static void checkEverything(Settings settings, Map<String, String> environment, Report report) {
        SettingNames.show(environment, report);
        AdminCheck.show(settings, environment, report);
        CertificateCheck.show(settings, Time.system().now(), report);
        PortCheck.show(settings, report);
        RedisCheck.show(settings, report);
        StateCheck.show(settings, report);
        ServiceCheck.show(settings, RouteCheck.show(settings, report), Time.system(), report);
    }
}
