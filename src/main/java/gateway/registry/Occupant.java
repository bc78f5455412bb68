package gateway.registry;

import gateway.net.ServiceUrl;
import java.util.Optional;

/** Which instance is at a backend's URL, and from where or to where it has moved. Written under the list's lock. */
final class Occupant {
    private volatile Optional<String> ownId;
    private volatile Optional<ServiceUrl> movedFrom = Optional.empty();
    private volatile Optional<ServiceUrl> movingTo = Optional.empty();

    /** @param ownId the id that the instance gave itself */
    Occupant(Optional<String> ownId) {
        this.ownId = ownId;
    }

    Optional<String> ownId() {
        return ownId;
    }

    /** Notes that an instance has registered here: whoever did so last is the one that listens at this URL. */
    void registered(Optional<String> registeredId) {
        if (registeredId.isPresent() || movingTo.isPresent()) {
            ownId = registeredId;
        }
        movingTo = Optional.empty();
    }

    /** Takes over what the shared list says. */
    void listed(Optional<String> listedId, Optional<ServiceUrl> there) {
        ownId = listedId;
        movingTo = there;
    }

    /** Returns from where the instance moved here last. */
    Optional<ServiceUrl> movedFrom() {
        return movedFrom;
    }

    void movedFrom(ServiceUrl before) {
        movedFrom = Optional.of(before);
    }

    /** Returns to where the instance moves: what is here then only stands in until it is healthy there. */
    Optional<ServiceUrl> movingTo() {
        return movingTo;
    }

    void movingTo(ServiceUrl there) {
        movingTo = Optional.of(there);
    }
}
