package gateway.registry;

import gateway.registry.Registered.Outcome;

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
        public void registered(Service service, Backend backend, Outcome outcome) {}

        @Override
        public void removed(BackendId id) {}

        @Override
        public void removedAll(String name) {}

        @Override
        public void drained(BackendId id, Draining draining) {}
    };

    /** Called when {@link ServiceList#offer} has added a service. */
    void offered(Service service);

    /**
     * Called when {@link ServiceList#register} has added, renewed or moved an instance.
     *
     * @param service what the registration says
     * @param backend what is known of the instance now
     */
    void registered(Service service, Backend backend, Outcome outcome);

    /** Called when one instance has been removed from the list. */
    void removed(BackendId id);

    /** Called when all instances of a service have been removed from the list. */
    void removedAll(String name);

    /** Called when an instance begins or ends to drain, also if it did so already. */
    void drained(BackendId id, Draining draining);
}
