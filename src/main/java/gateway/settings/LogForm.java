package gateway.settings;

/** The format of the access log. */
public enum LogForm {
    /** Lines for people and grep. */
    TEXT,
    /** One JSON object a line. */
    JSON
}
