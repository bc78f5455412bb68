package gateway.settings;

import gateway.client.TrustedProxies;
import gateway.net.Networks;
import java.util.Optional;

/**
 * How clients are identified, and which clients are exempt from the limit.
 *
 * @param trustedProxies the proxies whose forwarding headers are believed
 * @param proxyProtocol whether trusted proxies begin each connection with a PROXY header
 * @param exempt clients without a limit
 * @param shadow a second limit to try out, whose refusals are only counted; empty if none
 */
public record ClientSettings(
        TrustedProxies trustedProxies, boolean proxyProtocol, Networks exempt, Optional<Rate> shadow) {

    static final Setting<Networks> TRUSTED_PROXIES = new Setting<>(
            "GATEWAY_TRUSTED_PROXIES",
            "",
            "networks of the proxies whose forwarding headers are believed",
            Networks::parse);
    static final Setting<TrustedProxies.Header> FORWARDED_HEADER = new Setting<>(
            "GATEWAY_FORWARDED_HEADER",
            "X-Forwarded-For",
            "header in which trusted proxies name the client: X-Forwarded-For or Forwarded",
            TrustedProxies.Header::parse);
    static final Setting<Boolean> PROXY_PROTOCOL = Setting.yesOrNo(
            "GATEWAY_PROXY_PROTOCOL", "whether trusted proxies begin each connection with a PROXY header");
    static final Setting<Networks> EXEMPT = new Setting<>(
            "GATEWAY_RATE_LIMIT_EXEMPT", "", "networks of clients exempt from all limits", Networks::parse);
    static final Setting<Optional<Rate>> SHADOW = new Setting<>(
            "GATEWAY_RATE_LIMIT_SHADOW",
            "off",
            "second limit to try out: its refusals are only counted",
            Rate::parseOrOff);

    static ClientSettings read(SettingsReader reader) {
        Networks trusted = reader.read(TRUSTED_PROXIES);
        boolean proxyProtocol = reader.read(PROXY_PROTOCOL);
        if (proxyProtocol && trusted.isEmpty()) {
            reader.report(
                    PROXY_PROTOCOL,
                    "true",
                    "set " + TRUSTED_PROXIES.name()
                            + " to the proxies that send it; without that, any client could claim any address");
        }
        return new ClientSettings(
                new TrustedProxies(trusted, reader.read(FORWARDED_HEADER)),
                proxyProtocol,
                reader.read(EXEMPT),
                reader.read(SHADOW));
    }
}
