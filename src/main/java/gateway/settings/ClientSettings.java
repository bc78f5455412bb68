package gateway.settings;

import gateway.client.TrustedProxies;
import gateway.net.Networks;
import java.util.List;
import java.util.Optional;

/**
 * Whom a request comes from, and who is limited otherwise than the rest.
 *
 * @param forwardedBy the proxies before the gateway that are believed
 * @param proxyProtocol whether each connection begins with a PROXY header, which trusted proxies send
 * @param exempt clients that no limit holds for
 * @param shadow a second limit, of which is only counted what it would have refused; empty: none
 */
public record ClientSettings(
        TrustedProxies forwardedBy, boolean proxyProtocol, Networks exempt, Optional<Rate> shadow) {

    static final Setting<Networks> TRUSTED_PROXIES = new Setting<>(
            "GATEWAY_TRUSTED_PROXIES",
            "",
            "networks of the proxies whose word on a client's address is taken",
            Networks::parse);
    static final Setting<TrustedProxies.Header> FORWARDED_HEADER = new Setting<>(
            "GATEWAY_FORWARDED_HEADER",
            "X-Forwarded-For",
            "where trusted proxies write it: X-Forwarded-For or Forwarded",
            TrustedProxies.Header::parse);
    static final Setting<Boolean> PROXY_PROTOCOL = Setting.yesOrNo(
            "GATEWAY_PROXY_PROTOCOL", "whether trusted proxies begin each connection with a PROXY header");
    static final Setting<Networks> EXEMPT = new Setting<>(
            "GATEWAY_RATE_LIMIT_EXEMPT", "", "networks of clients that no limit holds for", Networks::parse);
    static final Setting<Optional<Rate>> SHADOW = new Setting<>(
            "GATEWAY_RATE_LIMIT_SHADOW",
            "off",
            "a second limit to try out: what it would refuse is counted, not refused",
            Settings::rate);

    static final List<Setting<?>> ALL = List.of(TRUSTED_PROXIES, FORWARDED_HEADER, PROXY_PROTOCOL, EXEMPT, SHADOW);

    static ClientSettings read(SettingsReader reader) {
        Networks trusted = reader.read(TRUSTED_PROXIES);
        boolean proxyProtocol = reader.read(PROXY_PROTOCOL);
        if (proxyProtocol && trusted.isEmpty()) {
            reader.complain(
                    PROXY_PROTOCOL,
                    "true",
                    "set " + TRUSTED_PROXIES.name() + " to the proxies that send it; anybody could claim any address");
        }
        return new ClientSettings(
                new TrustedProxies(trusted, reader.read(FORWARDED_HEADER)),
                proxyProtocol,
                reader.read(EXEMPT),
                reader.read(SHADOW));
    }
}
