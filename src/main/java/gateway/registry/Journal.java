package gateway.registry;

import gateway.registry.ServiceList.Outcome;

/**
 * Receives the changes that were requested at this gateway's {@link ServiceList}, to pass them on to other gateways.
 * The list calls it in the order of the changes, under its lock; so it must be quick.
 */
public interface Journal {
    /** Does nothing: for a gateway that shares no list. */
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

    /** Called when {@link ServiceList#offer} has added a service. */
    void offered(Service service);

    /** Called when {@link ServiceList#register} has added, renewed or replaced a service. */
    void registered(Service service, Outcome outcome);

    /** Called when a service has been removed from the list. */
    void removed(String name);

    /** Called when a service begins or ends to drain, also if it did so already. */
    void drained(String name, boolean draining);
}
