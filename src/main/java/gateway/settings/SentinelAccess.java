package gateway.settings;

import java.util.Optional;

/**
 * How Redis Sentinels are asked which server is the master. The text leaves out the user and the password, which are the
 * sentinels' own: not those of the master.
 *
 * @param master the master's name at the sentinels
 * @param user the user at the sentinels; empty for their default user
 * @param password the password at the sentinels; empty if none is sent
 */
public record SentinelAccess(String master, Optional<String> user, Optional<String> password) {
    /** Returns the master's name. */
    @Override
    public String toString() {
        return master;
    }
}
