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
 * Standard output that makes nobody wait for whoever reads it. A pipe that isn't read blocks its writer, and so in turn
 * each thread that has something to log: requests, health checks, the one that is to stop the process. Here lines go
 * into a {@link AsyncQueue}, and only its thread writes; while the reader is behind, lines are dropped.
 */
public final class Output extends PrintStream {
    private static final int LINES = 4096;

    /** Lines of a kind that comes in masses leave the rest to the others. */
    private static final int LINES_FOR_MASSES = LINES / 2;

    private final Lines lines;

    private Output(Lines lines) {
        super(lines, true);
        this.lines = lines;
    }

    /** Puts one in the place of {@code System.out}. */
    public static Output install() {
        Output output = new Output(new Lines(new FileOutputStream(FileDescriptor.out)));
        output.lines.queue.start();
        System.setOut(output);
        return output;
    }

    /** Waits until there is room for lines that come in masses; for threads that may wait. */
    public static void awaitRoom() {
        if (System.out instanceof Output output) {
            while (output.lines.queue.size() > LINES_FOR_MASSES) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Writes what is there, for a second at most. */
    @Override
    public void close() {
        lines.queue.close();
    }

    /** Cuts what is written into lines. Only one thread writes at a time: that is PrintStream's to see to. */
    private static final class Lines extends OutputStream {
        /** In UTF-8, of U+0080 to U+009F, among which are a new line and the start of a terminal's commands. */
        private static final byte FIRST_OF_C1 = (byte) 0xc2;

        private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        private final OutputStream target;
        private final AsyncQueue<byte[]> queue;
        private byte last;

        Lines(OutputStream target) {
            this.target = new BufferedOutputStream(target, 65_536);
            this.queue = new AsyncQueue<>("log lines", LINES, this::toTarget, this::flushTarget);
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

        /** What a backend sent may be part of a line, and must not move a terminal's cursor. */
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
                // the reader is gone, and there is no other place to say so
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
