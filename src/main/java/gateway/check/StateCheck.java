package gateway.check;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.state.StateFile;

/** Reports what the file of GATEWAY_STATE keeps, or why it can't be used. */
final class StateCheck {
    private StateCheck() {}

    static void show(Settings settings, Report report) {
        if (settings.state().isEmpty()) {
            return;
        }
        try {
            StateFile file = new StateFile(settings.state().get());
            report.ok("state: " + file + " keeps " + file.check(settings));
        } catch (InvalidSettings e) {
            report.unusable(e.getMessage());
        }
    }
}
