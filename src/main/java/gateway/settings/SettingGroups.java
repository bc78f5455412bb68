package gateway.settings;

import java.util.List;

/** All settings of the gateway by group, in the order of docs/settings.md. */
public final class SettingGroups {
    /** The groups. */
    public static final List<SettingGroup> OF_GATEWAY = List.of(
            new SettingGroup(
                    "Listening and stopping",
                    List.of(Settings.HOST, Settings.PORT, Settings.WARM_UP, Settings.DRAIN, Settings.REUSE_PORT)),
            new SettingGroup(
                    "Rate limiter",
                    List.of(
                            Settings.RATE_LIMIT,
                            Settings.REMEMBERED_CLIENTS,
                            ClientSettings.EXEMPT,
                            ClientSettings.SHADOW)),
            new SettingGroup(
                    "Services and their health",
                    List.of(
                            Settings.SERVICES,
                            Settings.ROUTES,
                            Settings.STATE,
                            Settings.SERVICE_NETWORKS,
                            Settings.STICKY_SECRET,
                            Settings.LEASE,
                            HealthSettings.INTERVAL,
                            HealthSettings.TIMEOUT,
                            HealthSettings.RISE,
                            HealthSettings.FALL,
                            Settings.CONNECT_TIMEOUT,
                            Settings.UPSTREAM_TIMEOUT,
                            Settings.WEBSOCKET_IDLE_TIMEOUT)),
            new SettingGroup("Log", List.of(Settings.ACCESS_LOG)),
            new SettingGroup("Access", AccessSettings.ALL),
            new SettingGroup(
                    "Proxies in front",
                    List.of(
                            ClientSettings.TRUSTED_PROXIES,
                            ClientSettings.FORWARDED_HEADER,
                            ClientSettings.PROXY_PROTOCOL)),
            new SettingGroup("TLS", TlsSettings.ALL),
            new SettingGroup("Several gateways", RedisSettings.ALL),
            new SettingGroup("Bounds", Bounds.ALL));

    /** Settings with the gateway's prefix that only the services read; they may well be set for both. */
    private static final List<String> OF_SERVICES = List.of("GATEWAY_URL", "GATEWAY_CA");

    /** What the gateway reads from its environment. */
    public static final SettingNames NAMES = new SettingNames("GATEWAY_", OF_GATEWAY, OF_SERVICES);

    private SettingGroups() {}
}
