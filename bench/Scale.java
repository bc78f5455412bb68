import gateway.client.ClientAddress;
import gateway.limit.MemoryLimit;
import gateway.limit.SlidingWindow;
import gateway.settings.Rate;
import gateway.util.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Simulates the limit that 40 gateways share through 20 Redis shards while something fails, and counts what an exact
 * limiter that knows everything would have decided otherwise; docs/scale.md has the results. Events have a clock of
 * their own, so nobody sleeps, and a seed, so that each run gives the same figures.
 *
 * <pre>eval "$(./run.sh env)" && java bench/Scale.java [seed]</pre>
 *
 * The gateways' memories are the product's own ({@link SlidingWindow}). What can't be had without sockets and threads is
 * modelled, and says which class it stands for. Scaled down to 4,000 requests/s and to
 * clients in proportion, so that it takes less than a minute. Since it depends on the rate how many requests share a batch, and
 * how often a packet is lost, the last scenarios have eight gateways, each with its share of a million requests/s.
 */
public final class Scale {
    static final int GATEWAYS = 40;
    static final int SHARDS = 20;
    static final int LIMIT = 5;
    static final long MS = 1_000_000;
    static final long SECOND = 1000 * MS;
    static final long WINDOW_MICROS = 60_000_000;

    private Scale() {}

    /** What a gateway does without Redis, as in GATEWAY_REDIS_FALLBACK. */
    enum Fallback {
        DIVIDE,
        LOCAL,
        OPEN,
        CLOSED
    }

    /** How a shard fails. */
    enum Failure {
        NONE,
        /** Its host is there and refuses connections, as after kill -9. */
        KILLED,
        /** Packets to it are lost, as after a power cut or behind a cut cable. */
        SILENT
    }

    /** What a shard is when it is back. */
    enum Return {
        WITH_ITS_DATA,
        EMPTY,
        /** Another server takes its place, which lacks the last 50 ms and all scripts. */
        AS_REPLICA
    }

    /** What happens; made by the methods that are verbs, and then unchanged. */
    static final class Scenario {
        final String name;
        int gateways = GATEWAYS;
        int rate = 4000; // requests a second, at all gateways
        long end = 100 * SECOND;
        boolean sticky; // whether the balancer in front sends each client to one gateway, rather than each request to
        // any
        double loss; // the part of packets that is lost
        int failing; // how many shards fail
        Failure failure = Failure.NONE;
        Return comesBack = Return.WITH_ITS_DATA;
        long from = 40 * SECOND; // when something fails or steps
        long to = 50 * SECOND;
        Fallback fallback = Fallback.DIVIDE;
        long stepMicros; // by which all shards' clocks jump
        boolean skewed; // whether gateways' clocks run up to 100 ppm wrong, and shards' clocks and those of replicas
        // differ

        Scenario(String name) {
            this.name = name;
        }

        Scenario sticks() {
            sticky = true;
            return this;
        }

        Scenario loses(double part) {
            loss = part;
            return this;
        }

        Scenario fails(int shards, Failure how, Return back, int seconds) {
            failing = shards;
            failure = how;
            comesBack = back;
            to = from + seconds * SECOND;
            return this;
        }

        Scenario fallsBack(Fallback without) {
            fallback = without;
            return this;
        }

        Scenario steps(int seconds) {
            stepMicros = seconds * 1_000_000L;
            return this;
        }

        Scenario skews() {
            skewed = true;
            return this;
        }

        /** Eight of the gateways, each with its share of a million requests/s, for a few seconds. */
        Scenario atFullRate() {
            gateways = 8;
            rate = gateways * 1_000_000 / GATEWAYS;
            from = SECOND;
            end = 5 * SECOND;
            return this;
        }

        /** Returns among how many clients requests are spread: at 5 a minute each they could just make all of them. */
        int clients() {
            return rate * 12;
        }
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(new Scenario("nothing fails"));
        all.add(new Scenario("nothing fails, sticky").sticks());
        all.add(new Scenario("1 packet of 10,000 lost").loses(0.0001));
        all.add(new Scenario("1 packet of 1,000 lost").loses(0.001));
        for (Fallback fallback : Fallback.values()) {
            all.add(new Scenario("1 shard silent: " + fallback.name().toLowerCase(Locale.ROOT))
                    .fails(1, Failure.SILENT, Return.WITH_ITS_DATA, 10)
                    .fallsBack(fallback));
        }
        all.add(new Scenario("1 shard killed, empty afterwards").fails(1, Failure.KILLED, Return.EMPTY, 10));
        all.add(new Scenario("1 shard killed, replica after 3 s").fails(1, Failure.KILLED, Return.AS_REPLICA, 3));
        all.add(new Scenario("1 shard silent, replica after 3 s").fails(1, Failure.SILENT, Return.AS_REPLICA, 3));
        all.add(new Scenario("the same, clocks skewed")
                .fails(1, Failure.SILENT, Return.AS_REPLICA, 3)
                .skews());
        all.add(new Scenario("all shards silent: divide").fails(SHARDS, Failure.SILENT, Return.WITH_ITS_DATA, 10));
        all.add(new Scenario("all shards silent: divide, sticky")
                .fails(SHARDS, Failure.SILENT, Return.WITH_ITS_DATA, 10)
                .sticks());
        all.add(new Scenario("all shards silent: local")
                .fails(SHARDS, Failure.SILENT, Return.WITH_ITS_DATA, 10)
                .fallsBack(Fallback.LOCAL));
        all.add(new Scenario("all shards silent: local, sticky")
                .fails(SHARDS, Failure.SILENT, Return.WITH_ITS_DATA, 10)
                .fallsBack(Fallback.LOCAL)
                .sticks());
        all.add(new Scenario("all shards' clocks 10 s back").steps(-10));
        all.add(new Scenario("all shards' clocks 10 s forward").steps(10));
        all.add(new Scenario("all shards' clocks 2 min back").steps(-120));
        all.add(new Scenario("clocks skewed").skews());
        all.add(new Scenario("full rate").atFullRate());
        all.add(new Scenario("full rate, 1 packet of 10,000 lost").loses(0.0001).atFullRate());
        all.add(new Scenario("full rate, 1 shard killed")
                .atFullRate()
                .fails(1, Failure.KILLED, Return.WITH_ITS_DATA, 3));
        all.add(new Scenario("full rate, 1 shard silent")
                .atFullRate()
                .fails(1, Failure.SILENT, Return.WITH_ITS_DATA, 3));
        return all;
    }

    public static void main(String[] arguments) throws Exception {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        System.out.printf(
                "%d gateways, %d shards, limit %d in any minute, seed %d; \"meanwhile\" is while it fails, else always%n%n",
                GATEWAYS, SHARDS, LIMIT, seed);
        System.out.println(
                "| | requests | admitted | beyond the limit | wrongly refused | decided by memory | of those meanwhile"
                        + " | refused unasked | calls at once | most of a client in a minute | p99 meanwhile, ms | longest, ms |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(2, Runtime.getRuntime().availableProcessors()));
        boolean exact = true;
        try {
            List<Future<Verdict>> verdicts = new ArrayList<>();
            for (Scenario scenario : scenarios()) {
                verdicts.add(threads.submit(() -> new Simulation(scenario, seed).run()));
            }
            for (Future<Verdict> verdict : verdicts) {
                System.out.println(verdict.get().row());
                exact &= verdict.get().isExactWhereNothingFails();
            }
        } finally {
            threads.shutdownNow();
        }
        if (!exact) {
            System.err.println("Scale: nothing fails, and yet not all decisions are exact");
            System.exit(1);
        }
    }
}

/** How long Redis takes. */
final class Latency {
    /**
     * Round trips of one take.lua on loopback, microseconds, while others asked for 10,000 decisions/s: bench/scale.sh on
     * 2026-11-29, Redis 7.0.15, a busy machine of two cores. The most was MOST; here nothing may take longer than the timeout
     * but what a scenario says.
     */
    private static final double[] MICROS = {45, 101, 170, 252, 434, 865, 1215, 2887, 18182, 45000};

    private static final double[] PARTS = {0, .1, .25, .5, .75, .9, .95, .99, .999, 1};

    /** What a network of one data centre adds: assumed, not measured. */
    static final long NETWORK = 200_000;

    private Latency() {}

    static long nanos(SplittableRandom random) {
        double part = random.nextDouble();
        int i = 1;
        while (part > PARTS[i]) {
            i++;
        }
        double within = (part - PARTS[i - 1]) / (PARTS[i] - PARTS[i - 1]);
        return NETWORK + (long) (1000 * (MICROS[i - 1] + within * (MICROS[i] - MICROS[i - 1])));
    }
}

/** A request, and what has become of it. */
final class Request {
    /** Not asked yet, or no answer yet. */
    static final byte PENDING = 0;

    static final byte ALLOWED = 1;
    static final byte REFUSED = 2;

    /** A failure that may be of Redis as a whole. */
    static final byte FAILED = 3;

    /** A failure that is remembered: no call was made. */
    static final byte RESTING = 4;

    final int client;
    final Gateway gateway;
    final long at;
    byte outcome;
    boolean decided;
    long ranAt;

    Request(int client, Gateway gateway, long at) {
        this.client = client;
        this.gateway = gateway;
        this.at = at;
    }

    int shard() {
        return shard(client);
    }

    static int shard(int client) {
        return (int) ((client * 0x9E3779B97F4A7C15L >>> 33) % Scale.SHARDS);
    }
}

/** A server of Redis. Stands for take.lua and for what Redis does around it. */
final class Shard {
    /** The times of each client's requests, by this server's clock, microseconds: when they expire, how many, they themselves. */
    private final long[][] lists;

    /** What its clock says more than the true time, microseconds. */
    long ahead;

    Scale.Failure failure = Scale.Failure.NONE;
    boolean knowsScript = true;

    /** Whether another server has taken the place of the first. */
    int generation;

    Shard(long[][] lists) {
        this.lists = lists;
    }

    boolean take(int client, long micros) {
        long now = micros + ahead;
        long server = now;
        long[] list = lists[client];
        if (list == null) {
            list = lists[client] = new long[2 + Scale.LIMIT];
        }
        int size = server / 1000 >= list[0] ? 0 : (int) list[1];
        int first = 0;
        if (size > 0 && list[1 + size] > now) {
            if (list[1 + size] - now > Scale.WINDOW_MICROS) {
                first = size;
            } else {
                now = list[1 + size];
            }
        }
        while (first < size && now - list[2 + first] >= Scale.WINDOW_MICROS) {
            first++;
        }
        int used = size - first;
        System.arraycopy(list, 2 + first, list, 2, used);
        list[1] = used;
        if (used >= Scale.LIMIT) {
            return false;
        }
        list[2 + used] = now;
        list[1] = used + 1;
        list[0] = server / 1000 + Scale.WINDOW_MICROS / 1000 + 1000;
        return true;
    }

    /** Forgets a client's times from this one on. */
    void forget(int client, long micros) {
        long[] list = lists[client];
        while (list != null && list[1] > 0 && list[1 + (int) list[1]] >= micros + ahead) {
            list[1]--;
        }
    }
}

/** Stands for Breaker. */
final class Fuse {
    private static final int FAILURES = 3;

    private int failures;
    private long failedLast;
    boolean open;

    void succeeded() {
        failures = 0;
    }

    void failed(long asked, long now) {
        if (failures > 0 && asked < failedLast) {
            return;
        }
        failedLast = now;
        failures++;
        open |= failures >= FAILURES;
    }

    void close() {
        failures = 0;
        open = false;
    }
}

/** A gateway: stands for SharedLimit, CallQueue, RedisAccess, Batch and ClusterNodes. */
final class Gateway {
    static final long TIMEOUT = 50 * Scale.MS; // GATEWAY_REDIS_TIMEOUT
    private static final long CONNECT_TIMEOUT = Scale.SECOND; // Redis
    private static final long RETRANSMISSION =
            200 * Scale.MS; // the least of Linux, for a packet after which none follows
    private static final long REST = 250 * Scale.MS; // ClusterNodes
    private static final long PROBE_PAUSE = 250 * Scale.MS; // RedisAccess
    private static final int SENDERS = 2; // CallQueue.ROUNDS with virtual threads
    private static final int CONNECTIONS = SENDERS + 1;
    private static final int BATCH = 128;
    private static final int CAPACITY = 8192;

    private final Simulation world;
    private final MemoryLimit memory;
    private final double pace;
    private final Deque<Request> queue = new ArrayDeque<>();
    private final Fuse fuse = new Fuse();
    private final int[] idle = new int[Scale.SHARDS]; // open connections that nobody uses
    private final int[] generations = new int[Scale.SHARDS]; // of the servers that it knows
    private final long[] restsSince = new long[Scale.SHARDS];
    private int free = SENDERS;
    private int failedLast;

    /** @param pace by how much its clock is quicker than true time */
    Gateway(Simulation world, double pace, long firstProbe) {
        this.world = world;
        this.pace = pace;
        this.memory = new SlidingWindow(new Rate(Scale.LIMIT, Duration.ofMinutes(1)), 1_000_000, new Time() {
            @Override
            public long nanos() {
                return own(world.now);
            }

            @Override
            public Instant now() {
                return Instant.EPOCH.plusNanos(world.now);
            }
        });
        Arrays.fill(idle, CONNECTIONS);
        Arrays.fill(restsSince, -1);
        world.at(firstProbe, this::probe);
    }

    private long own(long time) {
        return time + (long) (time * pace);
    }

    void arrives(Request request) {
        if (fuse.open) {
            decideAlone(request);
        } else if (memory.refusal(key(request)) != null) {
            world.log.refusedUnasked(request, world.now);
        } else if (queue.size() >= CAPACITY) {
            failed(request);
        } else {
            queue.add(request);
            world.asked.add(request);
            pump();
        }
    }

    private static ClientAddress key(Request request) {
        return new ClientAddress(request.client);
    }

    private void decideAlone(Request request) {
        boolean allowed = switch (world.scenario.fallback) {
            case DIVIDE -> memory.take(key(request), Scale.GATEWAYS).allowed();
            case LOCAL -> memory.take(key(request), 1).allowed();
            case CLOSED -> false;
            case OPEN -> {
                memory.record(key(request), own(request.at));
                yield true;
            }
        };
        request.decided = true;
        world.log.decidedByMemory(request, world.now, allowed);
    }

    void timesOut(Request request) {
        failed(request);
    }

    private void failed(Request request) {
        failedLast = request.shard();
        fuse.failed(request.at, world.now);
        decideAlone(request);
    }

    private void pump() {
        while (free > 0 && !queue.isEmpty()) {
            List<Request> batch = new ArrayList<>();
            while (batch.size() < BATCH && !queue.isEmpty()) {
                Request request = queue.poll();
                if (!request.decided) {
                    batch.add(request);
                }
            }
            if (!batch.isEmpty()) {
                free--;
                send(batch);
            }
        }
    }

    /** Sends a batch, a part to each shard; it ends with the last part. */
    private void send(List<Request> batch) {
        long end = world.now;
        if (batch.size() == 1) {
            end = send(batch.get(0).shard(), batch);
        } else {
            List<List<Request>> parts = new ArrayList<>(Scale.SHARDS);
            for (int shard = 0; shard < Scale.SHARDS; shard++) {
                parts.add(null);
            }
            for (Request request : batch) {
                List<Request> part = parts.get(request.shard());
                if (part == null) {
                    parts.set(request.shard(), part = new ArrayList<>());
                }
                part.add(request);
            }
            for (int shard = 0; shard < Scale.SHARDS; shard++) {
                if (parts.get(shard) != null) {
                    end = Math.max(end, send(shard, parts.get(shard)));
                }
            }
        }
        world.at(end, () -> ends(batch));
    }

    private void ends(List<Request> batch) {
        for (Request request : batch) {
            if (request.decided) {
                continue; // its client waited long enough
            }
            switch (request.outcome) {
                case Request.ALLOWED, Request.REFUSED -> {
                    fuse.succeeded();
                    request.decided = true;
                    boolean allowed = request.outcome == Request.ALLOWED;
                    if (allowed) {
                        memory.record(key(request), own(request.at));
                    }
                    world.log.decidedByRedis(request, world.now, allowed);
                }
                case Request.RESTING -> decideAlone(request);
                default -> failed(request);
            }
        }
        free++;
        pump();
    }

    /** Sends calls to a shard; returns when the gateway knows the end of it. */
    private long send(int number, List<Request> calls) {
        Shard shard = world.shards[number];
        boolean known = generations[number] == shard.generation;
        Scale.Failure failure = known ? shard.failure : world.scenario.failure; // the old server stays away
        if (restsSince[number] >= 0) {
            if (world.now - restsSince[number] < REST) {
                return fail(calls, Request.RESTING, world.now);
            }
            restsSince[number] = world.now;
        }
        long start = world.now;
        if (idle[number] > 0) {
            idle[number]--;
        } else if (failure == Scale.Failure.SILENT) {
            return broken(number, calls, start + CONNECT_TIMEOUT);
        } else {
            start += world.roundTrip();
            if (failure == Scale.Failure.NONE) {
                start += world.roundTrip(); // names itself
            }
        }
        if (failure == Scale.Failure.KILLED) {
            idle[number] = 0;
            return broken(number, calls, start);
        }
        if (failure == Scale.Failure.SILENT) {
            return broken(number, calls, start + TIMEOUT);
        }
        world.log.sent(calls.size());
        long there = world.roundTrip();
        if (!shard.knowsScript) { // NOSCRIPT: once more, with its text
            there += world.roundTrip();
        }
        long back = there / 2;
        there = start + there / 2;
        there += world.lost() ? RETRANSMISSION : 0;
        back += there + (world.lost() ? RETRANSMISSION : 0);
        boolean late = back - start > TIMEOUT;
        world.at(there, () -> run(shard, calls, late));
        if (late) {
            return broken(number, calls, start + TIMEOUT);
        }
        long end = back;
        world.at(end, () -> {
            idle[number] = Math.min(CONNECTIONS, idle[number] + 1);
            restsSince[number] = -1;
        });
        return end;
    }

    private void run(Shard shard, List<Request> calls, boolean late) {
        if (shard.failure != Scale.Failure.NONE) {
            return; // stays a failure
        }
        shard.knowsScript = true;
        for (Request call : calls) {
            boolean allowed = shard.take(call.client, world.now / 1000);
            if (!late) {
                call.outcome = allowed ? Request.ALLOWED : Request.REFUSED;
                call.ranAt = world.now;
            }
        }
    }

    private long broken(int number, List<Request> calls, long end) {
        world.at(end, () -> {
            restsSince[number] = world.now;
            learn(number);
        });
        return fail(calls, Request.FAILED, end);
    }

    private long fail(List<Request> calls, byte outcome, long end) {
        calls.forEach(call -> call.outcome = outcome);
        return end;
    }

    /** Learns which server has a shard's keys now, if another does. */
    private void learn(int number) {
        if (generations[number] != world.shards[number].generation) {
            generations[number] = world.shards[number].generation;
            restsSince[number] = -1;
            idle[number] = 0;
        }
    }

    private void probe() {
        if (!fuse.open) {
            world.at(world.now + PROBE_PAUSE, this::probe);
            return;
        }
        Arrays.fill(idle, 0);
        Arrays.fill(restsSince, -1);
        for (int shard = 0; shard < Scale.SHARDS; shard++) {
            learn(shard);
        }
        Shard asked = world.shards[failedLast];
        if (asked.failure == Scale.Failure.NONE) {
            boolean waits = Arrays.stream(world.shards).anyMatch(any -> any.failure == Scale.Failure.SILENT);
            world.at(world.now + (waits ? CONNECT_TIMEOUT : 4 * world.roundTrip()), this::connected);
        } else {
            long took = asked.failure == Scale.Failure.SILENT ? CONNECT_TIMEOUT : world.roundTrip();
            world.at(world.now + took + PROBE_PAUSE, this::probe);
        }
    }

    private void connected() {
        for (int shard = 0; shard < Scale.SHARDS; shard++) {
            boolean answers = world.shards[shard].failure == Scale.Failure.NONE;
            idle[shard] = answers ? CONNECTIONS : 0;
            restsSince[shard] = answers ? -1 : world.now;
        }
        fuse.close();
        world.at(world.now + PROBE_PAUSE, this::probe);
    }
}

/** One scenario. */
final class Simulation {
    private static final double ZIPF = 0.9; // the most active client has this exponent's part of all requests: 3 %

    private record Event(long at, long number, Runnable what) {}

    final Scale.Scenario scenario;
    final Shard[] shards = new Shard[Scale.SHARDS];
    final Deque<Request> asked = new ArrayDeque<>(); // in the order of their deadlines
    final Log log;
    long now;

    private final SplittableRandom traffic;
    private final SplittableRandom network;
    private final Gateway[] gateways;
    private final long[][] lists;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.number, b.number));
    private long scheduled;

    Simulation(Scale.Scenario scenario, long seed) {
        this.scenario = scenario;
        this.traffic = new SplittableRandom(seed);
        this.network = new SplittableRandom(~seed);
        this.lists = new long[scenario.clients()][];
        this.log = new Log(scenario);
        this.gateways = new Gateway[scenario.gateways];
        SplittableRandom clocks = new SplittableRandom(seed + 1);
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new Shard(lists);
            shards[i].ahead = scenario.skewed ? 1000 * clocks.nextInt(-250, 250) : 0;
        }
        for (int i = 0; i < gateways.length; i++) {
            double pace = scenario.skewed ? clocks.nextDouble(-0.0001, 0.0001) : 0;
            gateways[i] = new Gateway(this, pace, clocks.nextLong(250 * Scale.MS));
        }
        if (scenario.stepMicros != 0) {
            at(scenario.from, () -> {
                for (Shard shard : shards) {
                    shard.ahead += scenario.stepMicros;
                }
            });
        }
        for (int i = 0; i < scenario.failing; i++) {
            int number = i;
            at(scenario.from, () -> shards[number].failure = scenario.failure);
            at(scenario.to, () -> comesBack(number));
        }
    }

    private void comesBack(int number) {
        Shard shard = shards[number];
        shard.failure = Scale.Failure.NONE;
        if (scenario.comesBack == Scale.Return.WITH_ITS_DATA) {
            return;
        }
        long kept = scenario.comesBack == Scale.Return.EMPTY ? Long.MIN_VALUE / 2 : scenario.from / 1000 - 50_000;
        for (int client = 0; client < lists.length; client++) {
            if (Request.shard(client) == number) {
                shard.forget(client, kept);
            }
        }
        shard.knowsScript = false;
        if (scenario.comesBack == Scale.Return.AS_REPLICA) {
            shard.generation++;
            shard.ahead += scenario.skewed ? 500_000 : 0;
        }
    }

    void at(long time, Runnable what) {
        events.add(new Event(time, scheduled++, what));
    }

    long roundTrip() {
        return Latency.nanos(network);
    }

    boolean lost() {
        return scenario.loss > 0 && network.nextDouble() < scenario.loss;
    }

    Verdict run() {
        long end = scenario.end;
        long next = gap();
        while (true) {
            while (!asked.isEmpty() && asked.peek().decided) {
                asked.poll();
            }
            long event = events.isEmpty() ? Long.MAX_VALUE : events.peek().at;
            long deadline = asked.isEmpty() ? Long.MAX_VALUE : asked.peek().at + Gateway.TIMEOUT;
            long arrival = next < end ? next : Long.MAX_VALUE;
            if (Math.min(event, Math.min(deadline, arrival)) > end + Gateway.TIMEOUT) {
                return log.judge();
            }
            if (event <= deadline && event <= arrival) {
                now = event;
                events.poll().what.run();
            } else if (deadline <= arrival) {
                now = deadline;
                Request late = asked.poll();
                late.gateway.timesOut(late);
            } else {
                now = arrival;
                int client = client();
                int gateway = scenario.sticky
                        ? (int) ((client * 0xD1B54A32D192ED03L >>> 33) % gateways.length)
                        : traffic.nextInt(gateways.length);
                gateways[gateway].arrives(new Request(client, gateways[gateway], now));
                next += gap();
            }
        }
    }

    private long gap() {
        return (long) (-Math.log(1 - traffic.nextDouble()) * Scale.SECOND / scenario.rate);
    }

    /** Returns a client: Zipf's distribution, by the inverse of its continuous form. */
    private int client() {
        double most = Math.pow(lists.length + 1, 1 - ZIPF);
        return (int) (Math.pow(1 + traffic.nextDouble() * (most - 1), 1 / (1 - ZIPF)) - 1);
    }
}

/** All decisions, to be judged in the end in the order of their true times. */
final class Log {
    private final Scale.Scenario scenario;
    private final long from;
    private final long to;
    private long[] decisions; // client, time, whether it was refused
    private int size;
    private int[] waits = new int[1024]; // microseconds, of those meanwhile
    private int meanwhile;
    private long longest;
    private long byMemory;
    private long byMemoryMeanwhile;
    private long unasked;
    private long parts;
    private long calls;

    Log(Scale.Scenario scenario) {
        this.scenario = scenario;
        this.decisions = new long[(int) (scenario.rate * scenario.end / Scale.SECOND * 1.1)];
        boolean fails = scenario.failing > 0;
        this.from = fails ? scenario.from : 0;
        this.to = fails ? scenario.to : Long.MAX_VALUE;
    }

    void decidedByRedis(Request request, long now, boolean allowed) {
        add(request, request.ranAt, now, allowed);
    }

    void refusedUnasked(Request request, long now) {
        unasked++;
        add(request, now, now, false);
    }

    void decidedByMemory(Request request, long now, boolean allowed) {
        byMemory++;
        byMemoryMeanwhile += isMeanwhile(request) ? 1 : 0;
        add(request, now, now, allowed);
    }

    void sent(int callsInOnePart) {
        parts++;
        calls += callsInOnePart;
    }

    private boolean isMeanwhile(Request request) {
        return request.at >= from && request.at < to;
    }

    /** @param time when it was decided, which counts */
    private void add(Request request, long time, long now, boolean allowed) {
        if (size == decisions.length) {
            decisions = Arrays.copyOf(decisions, size * 2);
        }
        decisions[size++] = (long) request.client << 32 | time / 1000 << 1 | (allowed ? 0 : 1);
        longest = Math.max(longest, now - request.at);
        if (isMeanwhile(request)) {
            if (meanwhile == waits.length) {
                waits = Arrays.copyOf(waits, meanwhile * 2);
            }
            waits[meanwhile++] = (int) ((now - request.at) / 1000);
        }
    }

    Verdict judge() {
        Arrays.sort(decisions, 0, size);
        long admitted = 0;
        long beyond = 0;
        long wrongly = 0;
        int most = 0;
        Deque<Long> window = new ArrayDeque<>();
        long client = -1;
        for (int i = 0; i < size; i++) {
            long time = (decisions[i] & 0xFFFF_FFFFL) >>> 1;
            if (decisions[i] >>> 32 != client) {
                client = decisions[i] >>> 32;
                window.clear();
            }
            while (!window.isEmpty() && time - window.peek() >= Scale.WINDOW_MICROS) {
                window.poll();
            }
            boolean room = window.size() < Scale.LIMIT;
            if ((decisions[i] & 1) == 0) {
                admitted++;
                beyond += room ? 0 : 1;
                window.add(time);
                most = Math.max(most, window.size());
            } else {
                wrongly += room ? 1 : 0;
            }
        }
        Arrays.sort(waits, 0, meanwhile);
        return new Verdict(
                scenario,
                size,
                admitted,
                beyond,
                wrongly,
                byMemory,
                100.0 * byMemoryMeanwhile / Math.max(1, meanwhile),
                unasked,
                1.0 * calls / parts,
                most,
                waits[(int) (meanwhile * 0.99)] / 1000.0,
                longest / 1e6);
    }
}

/** What came of a scenario. */
record Verdict(
        Scale.Scenario scenario,
        long requests,
        long admitted,
        long beyond,
        long wrongly,
        long byMemory,
        double percentMeanwhile,
        long unasked,
        double together,
        int most,
        double p99,
        double longest) {
    boolean isExactWhereNothingFails() {
        return !scenario.name.startsWith("nothing fails") || beyond == 0 && wrongly == 0 && byMemory == 0;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %,d | %,d | %,d | %.1f %% | %,d | %.1f | %d | %.1f | %.1f |",
                scenario.name,
                requests,
                admitted,
                beyond,
                wrongly,
                byMemory,
                percentMeanwhile,
                unasked,
                together,
                most,
                p99,
                longest);
    }
}
