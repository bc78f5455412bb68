package gateway.util;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * Notices that files have another content, however they were replaced: rewritten, moved into place, or by a link to
 * another folder. It keeps a digest only. Events of the file system wouldn't do: where a link above a file is turned, none
 * names the file. Of a file, the first {@value #MOST} bytes count.
 */
public final class ContentWatch {
    private static final int BUFFER = 16 * 1024;
    private static final int MOST = 16 << 20;

    private final List<Path> files;
    private byte[] settled;
    private byte[] seen;

    /** What a look finds. */
    public enum Look {
        /** The content is that for which {@link #settle} was called last, or that of the beginning. */
        SETTLED,
        /** It is another, and another than at the last look: perhaps it is just being written. */
        CHANGED,
        /** It is another, and the same as at the last look. */
        STILL
    }

    /** Begins with the content that the files have now. */
    public ContentWatch(Path... files) {
        this.files = List.of(files);
        this.settled = digest();
        this.seen = settled;
    }

    /** Reads the files. */
    public Look look() {
        byte[] now = digest();
        boolean asBefore = Arrays.equals(now, seen);
        seen = now;
        return Arrays.equals(now, settled) ? Look.SETTLED : asBefore ? Look.STILL : Look.CHANGED;
    }

    /** Notes that the content of the last look has been dealt with. */
    public void settle() {
        settled = seen;
    }

    private byte[] digest() {
        MessageDigest all = sha256();
        files.forEach(file -> all.update(digest(file)));
        return all.digest();
    }

    private static byte[] digest(Path file) {
        MessageDigest digest = sha256();
        if (!Files.isRegularFile(file)) { // reading a pipe might wait for ever
            return digest.digest();
        }
        try (InputStream in = Files.newInputStream(file)) {
            digest.update((byte) 1); // so that an empty file isn't as none
            byte[] buffer = new byte[BUFFER];
            int left = MOST;
            for (int length = in.read(buffer); length >= 0 && left > 0; length = in.read(buffer)) {
                digest.update(buffer, 0, length);
                left -= length;
            }
        } catch (IOException e) {
            digest.reset(); // what can't be read is as if it weren't there
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
