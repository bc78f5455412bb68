package gateway.check;

import gateway.settings.CommandLine;
import gateway.settings.InvalidSettings;
import gateway.settings.SettingGroups;
import gateway.settings.Settings;
import gateway.util.Release;
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
    /** What the gateway's main takes. */
    public static final CommandLine COMMAND_LINE = new CommandLine(
            "GatewayApp",
            Release.NAME,
            List.of(
                    new CommandLine.Option(
                            CheckArguments.CHECK,
                            "says whether a gateway with these settings would start, and whether all that they name can be\n"
                                    + "reached; it starts and changes nothing. The exit code is 0 if all is well, 2 if a"
                                    + " setting or a\nfile can't be used, 3 if something can't be reached or a port can't be"
                                    + " had",
                            "GATEWAY_PORT=80 java GatewayApp.java " + CheckArguments.CHECK),
                    new CommandLine.Option(
                            CheckArguments.CLIENT + " \"ADDRESS, ADDRESS\" " + CheckArguments.PEER + " ADDRESS",
                            "says for which client a request with these addresses in its X-Forwarded-For would be\n"
                                    + "counted, if its connection comes from the last address",
                            "GATEWAY_TRUSTED_PROXIES=10.0.0.0/8 java GatewayApp.java " + CheckArguments.CLIENT
                                    + " \"1.2.3.4, 10.0.0.1\" " + CheckArguments.PEER + " 10.0.0.2")),
            false,
            SettingGroups.NAMES);

    private ConfigCheck() {}

    /** Checks and ends the process with {@link #run}'s exit code, if the arguments ask for that; else returns. */
    public static void exitIfAskedFor(String[] arguments) {
        List<String> given = Arrays.asList(arguments);
        if (CheckArguments.NAMES.stream().anyMatch(given::contains) && !asksFirst(given)) {
            System.exit(run(arguments, System.getenv(), System.out));
        }
    }

    /** Returns whether somebody asks what there is, rather than for a check. */
    private static boolean asksFirst(List<String> arguments) {
        return arguments.contains(CommandLine.HELP) || arguments.contains(CommandLine.VERSION);
    }

    /**
     * Checks, and prints the findings.
     *
     * @return the exit code: 0 if all is well, 2 if settings or arguments can't be used, 3 if something can't be
     * reached or a port can't be had
     */
    public static int run(String[] arguments, Map<String, String> environment, PrintStream out) {
        Report report = new Report(out);
        try {
            CheckArguments asked = CheckArguments.parse(List.of(arguments));
            if (asked.everything()) {
                SettingGroups.NAMES.unknown(environment).forEach(report::note);
            }
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
        SetCheck.show(settings.environment(), report);
        AdminCheck.show(settings, environment, report);
        CertificateCheck.show(settings, Time.system().now(), report);
        PortCheck.show(settings, report);
        RedisCheck.show(settings, report);
        StateCheck.show(settings, report);
        ServiceCheck.show(settings, RouteCheck.show(settings, report), Time.system(), report);
    }
}
