package gateway.registry;

import gateway.registry.ServiceList.Outcome;

/**
 * Is told what somebody here asked of the {@link ServiceList}, so that other gateways can be told. Called in the order
 * of the changes, under the list's lock: what it does must be quick.
 */
public interface Journal {
    /** For a gateway that is alone. */
    Journal NONE = new Journal() {
        @Override
        public void offered(Service service) {}

        @Override
        public void registered(Service service, Outcome outcome) {}

        @Override
        public void removed(String name) {}

        @Override
        public void drained(String name, boolean draining) {}
    };

    /** A service was added because neither its name nor its URL was there. */
    void offered(Service service);

    /** A service was added, renewed or replaced. */
    void registered(Service service, Outcome outcome);

    /** A service was taken out of the list. */
    void removed(String name);

    /** A service was taken out of turn or put back, or somebody asked for that once more. */
    void drained(String name, boolean draining);
}
