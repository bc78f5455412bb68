package gateway.events;

import java.time.Instant;

/**
 * Something that has happened.
 *
 * @param number counts all events since the gateway's start, from 1
 * @param reason why, or what exactly, for people
 */
public record Event(long number, Instant time, EventKind kind, Subject subject, String reason, Who who) {}
