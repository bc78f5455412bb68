package gateway.lifecycle;

import gateway.util.AsyncQueue;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Standard output that never blocks a thread that logs. A pipe whose reader has stopped reading blocks every writer:
 * requests, health checks, the thread that is to stop the process. Here lines go into an {@link AsyncQueue}, whose
 * thread alone writes; while the reader is too slow, lines are dropped.
 */
public final class Output extends PrintStream {
    private static final int CAPACITY = 4096;

    /** Threads that log many lines wait above this number, so that the others' lines still find room. */
    private static final int BULK_CAPACITY = CAPACITY / 2;

    private final Lines lines;

    private Output(Lines lines) {
        super(lines, true);
        this.lines = lines;
    }

    /** Replaces {@code System.out} by a new one, and returns it. */
    public static Output install() {
        Output output = new Output(new Lines(new FileOutputStream(FileDescriptor.out)));
        output.lines.queue.start();
        System.setOut(output);
        return output;
    }

    /** Waits until at most half of the room is taken; for threads that log many lines and may wait. */
    public static void awaitRoom() {
        if (System.out instanceof Output output) {
            while (output.lines.queue.size() > BULK_CAPACITY) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Writes the lines that wait, for a second at most. */
    @Override
    public void close() {
        lines.queue.close();
    }

    /** Splits the output into lines. PrintStream's lock lets one thread at a time write here. */
    private static final class Lines extends OutputStream {
        /** First byte, in UTF-8, of U+0080 to U+009F: among these are a new line and the start of terminal commands. */
        private static final byte FIRST_OF_C1 = (byte) 0xc2;

        private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        private final OutputStream target;
        private final AsyncQueue<byte[]> queue;
        private byte last;

        Lines(OutputStream target) {
            this.target = new BufferedOutputStream(target, 65_536);
            this.queue = new AsyncQueue<>("log lines", CAPACITY, this::toTarget, this::flushTarget);
        }

        @Override
        public void write(int b) {
            line.write(b);
            last = (byte) b;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (length > 0) {
                line.write(bytes, offset, length);
                last = bytes[offset + length - 1];
            }
        }

        @Override
        public void flush() {
            if (line.size() > 0 && last == '\n') {
                byte[] bytes = line.toByteArray();
                line.reset();
                mask(bytes);
                queue.add(bytes);
            }
        }

        /** Replaces control characters: text from a backend may be part of a line, and must not control a terminal. */
        private static void mask(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                byte b = bytes[i];
                if (b >= 0 && b < ' ' && b != '\n' && b != '\t' || b == 127) {
                    bytes[i] = '?';
                } else if (b == FIRST_OF_C1 && i + 1 < bytes.length && bytes[i + 1] < (byte) 0xa0) {
                    bytes[i] = bytes[i + 1] = '?';
                }
            }
        }

        private void toTarget(byte[] bytes) {
            try {
                target.write(bytes);
            } catch (IOException e) {
                // the reader is gone, and there is nowhere else to report that
            }
        }

        private void flushTarget() {
            try {
                target.flush();
            } catch (IOException e) {
                // as above
            }
        }
    }
}
