package gateway.testing;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressStringParameters;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * Tells whether a value can change. Only what is known not to change counts as immutable: values of the types below,
 * collections made by {@code List.of} and its like, functions, enums of libraries, and objects of the gateway's own whose fields are final
 * and hold nothing that can change. Everything else is taken for mutable, also what no one thought of.
 */
public final class Mutability {
    private static final List<Class<?>> IMMUTABLE = List.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Class.class,
            TemporalAmount.class,
            TemporalAccessor.class,
            Pattern.class,
            HexFormat.class,
            Charset.class,
            Path.class,
            URI.class,
            InetAddress.class,
            MethodHandle.class,
            VarHandle.class,
            Logger.class,
            IPAddress.class,
            IPAddressStringParameters.class,
            okhttp3.MediaType.class,
            org.eclipse.jetty.http.HttpField.class);

    /** Set up where they are made, and shared by threads from then on, as their documentation recommends. */
    private static final List<Class<?>> CONFIGURED_ONCE =
            List.of(com.fasterxml.jackson.core.JsonFactory.class, com.fasterxml.jackson.databind.ObjectMapper.class);

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Mutability() {}

    /** Returns what of this value can change, in words; empty if nothing can. */
    public static Optional<String> of(Object value) {
        return new Mutability().look(value);
    }

    private Optional<String> look(Object value) {
        if (value == null || !seen.add(value) || isOneOf(IMMUTABLE, value) || isOneOf(CONFIGURED_ONCE, value)) {
            return Optional.empty();
        }
        Class<?> type = value.getClass();
        if (type.isArray()) {
            return Array.getLength(value) == 0 ? Optional.empty() : Optional.of("an array");
        }
        if (value instanceof Optional<?> optional) {
            return look(optional.orElse(null));
        }
        if (value instanceof Collection<?> collection) {
            return isUnmodifiable(type) ? first(collection) : Optional.of("a " + type.getName());
        }
        if (value instanceof Map<?, ?> map) {
            return isUnmodifiable(type)
                    ? first(map.keySet()).or(() -> first(map.values()))
                    : Optional.of("a " + type.getName());
        }
        if (value instanceof Enum && !isOwn(type)) {
            return Optional.empty();
        }
        boolean ofJdk = type.getClassLoader() == null;
        if (type.isHidden() || type.isSynthetic()) { // a lambda: of the JDK's, what it holds can't be read
            return ofJdk ? Optional.empty() : lookInside(value, type);
        }
        return ofJdk || !isOwn(type) ? Optional.of("a " + type.getName()) : lookInside(value, type);
    }

    private static boolean isOneOf(List<Class<?>> types, Object value) {
        return types.stream().anyMatch(type -> type.isInstance(value));
    }

    private static boolean isUnmodifiable(Class<?> type) {
        String name = type.getName();
        return name.startsWith("java.util.ImmutableCollections$")
                || name.startsWith("java.util.Collections$Unmodifiable")
                || name.startsWith("java.util.Collections$Empty")
                || name.startsWith("java.util.Collections$Singleton");
    }

    /** Of this project, tests included: their classes are in folders, those of libraries in jars. */
    private static boolean isOwn(Class<?> type) {
        return type.getProtectionDomain().getCodeSource() != null
                && type.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath()
                        .endsWith("/");
    }

    private Optional<String> first(Collection<?> values) {
        return values.stream().map(this::look).flatMap(Optional::stream).findFirst();
    }

    private Optional<String> lookInside(Object value, Class<?> type) {
        for (Class<?> at = type; at != null && at != Object.class && at != Enum.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                String name = at.getName() + "." + field.getName();
                if (!Modifier.isFinal(field.getModifiers())) {
                    return Optional.of("the field " + name + ", which isn't final");
                }
                Optional<String> inside = look(read(value, field));
                if (inside.isPresent()) {
                    return inside.map(words -> words + " in " + name);
                }
            }
        }
        return Optional.empty();
    }

    /** Returns a field's value; of a static one for the object null. */
    public static Object read(Object object, Field field) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
