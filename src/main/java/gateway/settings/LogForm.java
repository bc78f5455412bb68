package gateway.settings;

/** How a line of the access log is written. */
public enum LogForm {
    /** For people and grep. */
    TEXT,
    /** One JSON object. */
    JSON
}
