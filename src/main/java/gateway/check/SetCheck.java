package gateway.check;

import gateway.settings.EffectiveSetting;
import gateway.settings.Environment;
import java.util.List;

/** Reports which settings are set, without secrets. Bad ones have been reported already. */
final class SetCheck {
    private SetCheck() {}

    static void show(Environment environment, Report report) {
        List<EffectiveSetting> set = environment.set();
        report.ok("settings: valid; " + set.size() + " set, the others have their defaults");
        set.forEach(setting -> report.ok("set " + setting.name() + "=" + setting.value()));
    }
}
