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
 * modelled, and says which class it stands for. Scaled down to 4,000 requests/s and to clients in proportion, so that it
 * takes less than a minute. Since it depends on the rate how many requests share a batch, and how often a packet is lost,
 * the last scenarios have eight gateways, each with its share of a million requests/s.
 */
public final class Scale {
    static final int GATEWAYS = 40;
    static final int SHARDS = 20;
    static final int LIMIT = 5;
    static final long MS = 1_000_000;
    static final long SECOND = 1000 * MS;
    static final long WINDOW_MICROS = 60_000_000;

    private Scale() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(new Scenario("nothing fails"));
        all.add(new Scenario("nothing fails, sticky").sticks());
        all.add(new Scenario("1 packet of 10,000 lost").loses(0.0001));
        all.add(new Scenario("1 packet of 1,000 lost").loses(0.001));
        for (Scenario.Fallback fallback : Scenario.Fallback.values()) {
            all.add(new Scenario("1 shard silent: " + fallback.name().toLowerCase(Locale.ROOT))
                    .fails(1, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 10)
                    .fallsBack(fallback));
        }
        all.add(new Scenario("1 shard killed, empty afterwards")
                .fails(1, Scenario.Failure.KILLED, Scenario.Return.EMPTY, 10));
        all.add(new Scenario("1 shard killed, replica after 3 s")
                .fails(1, Scenario.Failure.KILLED, Scenario.Return.AS_REPLICA, 3));
        all.add(new Scenario("1 shard silent, replica after 3 s")
                .fails(1, Scenario.Failure.SILENT, Scenario.Return.AS_REPLICA, 3));
        all.add(new Scenario("the same, clocks skewed")
                .fails(1, Scenario.Failure.SILENT, Scenario.Return.AS_REPLICA, 3)
                .skews());
        all.add(new Scenario("all shards silent: divide")
                .fails(SHARDS, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 10));
        all.add(new Scenario("all shards silent: divide, sticky")
                .fails(SHARDS, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 10)
                .sticks());
        all.add(new Scenario("all shards silent: local")
                .fails(SHARDS, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 10)
                .fallsBack(Scenario.Fallback.LOCAL));
        all.add(new Scenario("all shards silent: local, sticky")
                .fails(SHARDS, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 10)
                .fallsBack(Scenario.Fallback.LOCAL)
                .sticks());
        all.add(new Scenario("all shards' clocks 10 s back").steps(-10));
        all.add(new Scenario("all shards' clocks 10 s forward").steps(10));
        all.add(new Scenario("all shards' clocks 2 min back").steps(-120));
        all.add(new Scenario("clocks skewed").skews());
        all.add(new Scenario("full rate").atFullRate());
        all.add(new Scenario("full rate, 1 packet of 10,000 lost").loses(0.0001).atFullRate());
        all.add(new Scenario("full rate, 1 shard killed")
                .atFullRate()
                .fails(1, Scenario.Failure.KILLED, Scenario.Return.WITH_ITS_DATA, 3));
        all.add(new Scenario("full rate, 1 shard silent")
                .atFullRate()
                .fails(1, Scenario.Failure.SILENT, Scenario.Return.WITH_ITS_DATA, 3));
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

/** What happens; made by the methods that are verbs, and then unchanged. */
final class Scenario {
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

    final String name;
    int gateways = Scale.GATEWAYS;
    int rate = 4000; // requests a second, at all gateways
    long end = 100 * Scale.SECOND;
    boolean sticky; // whether the balancer in front sends each client to one gateway, not each request to any
    double loss; // the part of packets that is lost
    int failing; // how many shards fail
    Failure failure = Failure.NONE;
    Return comesBack = Return.WITH_ITS_DATA;
    long from = 40 * Scale.SECOND; // when something fails or steps
    long to = 50 * Scale.SECOND;
    Fallback fallback = Fallback.DIVIDE;
    long stepMicros; // by which all shards' clocks jump
    boolean skewed; // whether gateways' clocks run up to 100 ppm wrong, and those of shards and replicas differ

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
        to = from + seconds * Scale.SECOND;
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
        rate = gateways * 1_000_000 / Scale.GATEWAYS;
        from = Scale.SECOND;
        end = 5 * Scale.SECOND;
        return this;
    }

    /** Returns among how many clients requests are spread: at 5 a minute each they could just make all of them. */
    int clients() {
        return rate * 12;
    }
}

/** How long Redis takes. */
final class Latency {
    /**
     * Round trips of one take.lua on loopback, microseconds, while others asked for 10,000 decisions/s: bench/scale.sh on
     * 2026-11-29, Redis 7.0.15, a busy machine of two cores. The longest are cut to 45 ms: here nothing may take longer
     * than the timeout but what a scenario says.
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
    final int client;
    final Gateway gateway;
    final long at;
    boolean decided;
    boolean withdrawn; // needn't be sent any more
    boolean allowed; // what Redis said,
    long ranAt; // and when it decided that

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
    /** Of each client, by this server's clock, microseconds: when its times expire, how many they are, and they themselves. */
    private final long[][] lists;

    /** What its clock says more than the true time, microseconds. */
    long ahead;

    Scenario.Failure failure = Scenario.Failure.NONE;
    boolean knowsScript = true;

    /** How often another server has taken the place of the one before. */
    int generation;

    Shard(long[][] lists) {
        this.lists = lists;
    }

    private boolean take(int client, long micros) {
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

    void run(List<Request> calls, long now) {
        knowsScript = true;
        for (Request call : calls) {
            call.allowed = take(call.client, now / 1000);
            call.ranAt = now;
        }
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

    /** Notes a failure; returns whether that opened it. */
    boolean failed(long asked, long now) {
        if (open || failures > 0 && asked < failedLast) {
            return false;
        }
        failedLast = now;
        failures++;
        open = failures >= FAILURES;
        return open;
    }

    void close() {
        failures = 0;
        open = false;
    }
}

/** What a gateway sends to one shard. Stands for Pipeline, and for what ClusterNodes knows of one node. */
final class Pipeline {
    static final long TIMEOUT = 50 * Scale.MS; // GATEWAY_REDIS_TIMEOUT
    private static final long CONNECT_TIMEOUT = 3 * TIMEOUT; // RedisServers
    private static final long TRIAL_PAUSE = 250 * Scale.MS; // ClusterNodes
    private static final long IDLE = Scale.SECOND;
    private static final int BATCH = 128;

    /** When a lost packet comes: the least of Linux, for a packet after which none follows. */
    private static final long RETRANSMISSION = 200 * Scale.MS;

    private final Simulation world;
    private final Gateway gateway;
    private final Shard shard;
    private final Deque<Request> queue = new ArrayDeque<>();
    private int generation; // of the server that it knows
    private boolean busy;
    private boolean connected;
    private long used;
    private boolean resting;
    private boolean confirmed; // by a failed trial
    private boolean trying;
    private long tried;

    Pipeline(Simulation world, Gateway gateway, Shard shard, boolean connected) {
        this.world = world;
        this.gateway = gateway;
        this.shard = shard;
        this.generation = shard.generation;
        this.connected = connected;
        this.used = world.now;
    }

    /** Returns how the server that it knows fails; one whose place another has taken stays away. */
    Scenario.Failure failure() {
        return generation == shard.generation ? shard.failure : world.scenario.failure;
    }

    boolean isGone() {
        return resting && confirmed;
    }

    void add(Request request) {
        queue.add(request);
        sendNext();
    }

    /** Has nobody wait longer who isn't under way. */
    List<Request> leave() {
        List<Request> waiting = List.copyOf(queue);
        queue.clear();
        return waiting;
    }

    private void sendNext() {
        while (!busy && !queue.isEmpty()) {
            List<Request> batch = new ArrayList<>();
            while (batch.size() < BATCH && !queue.isEmpty()) {
                batch.add(queue.poll());
            }
            boolean crowded = !queue.isEmpty();
            batch.removeIf(request -> request.withdrawn || crowded && request.decided);
            if (resting) {
                tryAgain();
                gateway.failed(batch);
            } else if (!batch.isEmpty()) {
                busy = true;
                send(batch);
            }
        }
    }

    /** Sends a batch, if need be on a new connection; one that was idle is tried before. */
    private void send(List<Request> batch) {
        Scenario.Failure failure = failure();
        long start = world.now;
        if (connected && start - used > IDLE) {
            start += failure == Scenario.Failure.SILENT ? TIMEOUT : world.roundTrip();
            connected = failure == Scenario.Failure.NONE;
        }
        if (!connected) {
            start += connecting(failure, 2); // it names itself
            if (failure == Scenario.Failure.NONE && start - world.now < CONNECT_TIMEOUT) {
                connected = true;
            } else {
                world.at(start, () -> broken(batch));
                return;
            }
        }
        switch (failure) {
            case KILLED -> world.at(start, () -> broken(batch));
            case SILENT -> world.at(start + TIMEOUT, () -> broken(batch));
            default -> exchange(start, batch);
        }
    }

    /** Returns how long it takes to connect and to use that for some round trips; CONNECT_TIMEOUT if that fails. */
    private long connecting(Scenario.Failure failure, int roundTrips) {
        if (failure == Scenario.Failure.KILLED) {
            return world.roundTrip();
        }
        long took = 0;
        for (int i = 0; i < roundTrips; i++) {
            if (failure == Scenario.Failure.SILENT || world.lost() || world.lost()) {
                return CONNECT_TIMEOUT;
            }
            took += world.roundTrip();
        }
        return Math.min(took, CONNECT_TIMEOUT - 1);
    }

    private void exchange(long start, List<Request> batch) {
        world.log.sent(batch.size());
        long trip = world.roundTrip();
        long there = start + trip / 2 + (world.lost() ? RETRANSMISSION : 0);
        if (!shard.knowsScript) { // NOSCRIPT: once more, with its text
            there += world.roundTrip();
        }
        long back = there + trip / 2 + (world.lost() ? RETRANSMISSION : 0);
        boolean late = back - start > TIMEOUT;
        if (late) {
            world.at(start + TIMEOUT, () -> broken(batch));
        }
        world.at(there, () -> {
            boolean ran = shard.failure == Scenario.Failure.NONE;
            if (ran) {
                shard.run(batch, world.now);
            }
            if (!late && ran) {
                world.at(back, () -> answered(batch));
            } else if (!late) {
                world.at(shard.failure == Scenario.Failure.SILENT ? start + TIMEOUT : back, () -> broken(batch));
            }
        });
    }

    private void answered(List<Request> batch) {
        used = world.now;
        busy = false;
        gateway.answered(batch);
        sendNext();
    }

    private void broken(List<Request> batch) {
        busy = false;
        rest();
        gateway.learn();
        gateway.failed(batch);
        sendNext();
    }

    /** Lets it rest; the first trial begins at once. */
    void rest() {
        connected = false;
        if (!resting) {
            resting = true;
            confirmed = false;
            tried = world.now - TRIAL_PAUSE;
            tryAgain();
        }
    }

    private void tryAgain() {
        if (trying || world.now - tried < TRIAL_PAUSE) {
            return;
        }
        trying = true;
        Scenario.Failure failure = failure();
        long took = connecting(failure, 3);
        boolean answers = failure == Scenario.Failure.NONE && took < CONNECT_TIMEOUT;
        world.at(world.now + took, () -> {
            trying = false;
            tried = world.now;
            if (answers) {
                resting = false;
            } else {
                confirmed = true;
                gateway.learn();
            }
        });
    }

    /** Learns which server has the keys now, if another does. */
    void learned() {
        if (generation != shard.generation) {
            generation = shard.generation;
            resting = false;
            connected = false;
        }
    }

    /** Connects and asks, for a probe; returns how long that takes, and rests if there is no answer. */
    long probe() {
        Scenario.Failure failure = failure();
        long took = connecting(failure, 3);
        if (failure == Scenario.Failure.NONE && took < CONNECT_TIMEOUT) {
            connected = true;
            used = world.now + took;
        } else {
            rest();
        }
        return took;
    }

    boolean isConnected() {
        return connected;
    }
}

/** A gateway: stands for SharedLimit, RedisAccess, Overdue and Pipelines. What is given back late isn't modelled. */
final class Gateway {
    static final long MOST_WAIT = 4 * Pipeline.TIMEOUT; // GATEWAY_REDIS_MAX_WAIT
    private static final long PROBE_PAUSE = 250 * Scale.MS; // RedisAccess
    private static final int PROBE_KEYS = 32; // RedisAccess
    private static final int SEEDS = 3; // nodes in GATEWAY_REDIS_URL

    private final Simulation world;
    private final MemoryLimit memory;
    private final double pace;
    private final Fuse fuse = new Fuse();
    private final Pipeline[] pipelines = new Pipeline[Scale.SHARDS];
    private boolean learning;

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
        reset(true);
        world.at(firstProbe, this::probe);
    }

    private void reset(boolean connected) {
        for (int i = 0; i < pipelines.length; i++) {
            pipelines[i] = new Pipeline(world, this, world.shards[i], connected);
        }
    }

    private long own(long time) {
        return time + (long) (time * pace);
    }

    void arrives(Request request) {
        if (fuse.open) {
            decideAlone(request);
        } else if (memory.refusal(key(request)) != null) {
            request.decided = true;
            world.log.refusedUnasked(request, world.now);
        } else {
            world.asked.add(request);
            pipelines[request.shard()].add(request);
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
        request.withdrawn = !allowed;
        world.log.decidedByMemory(request, world.now, allowed);
    }

    void answered(List<Request> batch) {
        for (Request request : batch) {
            if (request.decided) {
                continue; // its client waited long enough
            }
            fuse.succeeded();
            request.decided = true;
            if (request.allowed) {
                memory.record(key(request), own(request.at));
            }
            world.log.decidedByRedis(request, world.now, request.allowed);
        }
    }

    /** Decides for calls that failed, which say something of Redis as a whole if no shard is left. */
    void failed(List<Request> batch) {
        boolean all = Arrays.stream(pipelines).allMatch(Pipeline::isGone);
        for (Request request : batch) {
            if (!request.decided) {
                decideAlone(request);
                if (all) {
                    count(request);
                }
            }
        }
    }

    void waitedForTooLong(Request request) {
        decideAlone(request);
        count(request);
    }

    private void count(Request request) {
        if (fuse.failed(request.at, world.now)) {
            for (Pipeline pipeline : pipelines) {
                pipeline.leave().stream().filter(left -> !left.decided).forEach(this::decideAlone);
            }
        }
    }

    /** Asks one node after another, until one answers, which servers have the keys now. */
    void learn() {
        if (learning) {
            return;
        }
        learning = true;
        long took = world.roundTrip();
        int tries = 1;
        for (; tries <= Scale.SHARDS; tries++) {
            Scenario.Failure failure = pipelines[world.anyShard()].failure();
            if (failure == Scenario.Failure.NONE) {
                break;
            }
            took += failure == Scenario.Failure.SILENT ? Pipeline.TIMEOUT : world.roundTrip();
        }
        boolean learned = tries <= Scale.SHARDS;
        world.at(world.now + took, () -> {
            learning = false;
            if (learned) {
                Arrays.stream(pipelines).forEach(Pipeline::learned);
            }
        });
    }

    /** Asks for so many keys that most shards have some, one shard after another; any answer will do. */
    private void probe() {
        if (!fuse.open) {
            world.at(world.now + PROBE_PAUSE, this::probe);
            return;
        }
        reset(false);
        long took = 0;
        int seeds = 1;
        for (; seeds <= SEEDS; seeds++) {
            Pipeline seed = pipelines[world.anyShard()];
            took += seed.probe();
            if (seed.isConnected()) {
                break;
            }
        }
        reset(false);
        if (seeds <= SEEDS) {
            boolean[] asked = new boolean[Scale.SHARDS];
            for (int i = 0; i < PROBE_KEYS; i++) {
                asked[world.anyShard()] = true;
            }
            for (int i = 0; i < Scale.SHARDS; i++) {
                took += asked[i] ? pipelines[i].probe() : 0;
            }
        }
        world.at(world.now + took, () -> {
            if (Arrays.stream(pipelines).anyMatch(Pipeline::isConnected)) {
                fuse.close();
            }
        });
        world.at(world.now + took + PROBE_PAUSE, this::probe);
    }
}

/** One scenario. */
final class Simulation {
    private static final double ZIPF = 0.9; // the most active client has this exponent's part of all requests: 3 %

    private record Event(long at, long number, Runnable what) {}

    final Scenario scenario;
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

    Simulation(Scenario scenario, long seed) {
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
        shard.failure = Scenario.Failure.NONE;
        if (scenario.comesBack == Scenario.Return.WITH_ITS_DATA) {
            return;
        }
        long kept = scenario.comesBack == Scenario.Return.EMPTY ? Long.MIN_VALUE / 2 : scenario.from / 1000 - 50_000;
        for (int client = 0; client < lists.length; client++) {
            if (Request.shard(client) == number) {
                shard.forget(client, kept);
            }
        }
        shard.knowsScript = false;
        if (scenario.comesBack == Scenario.Return.AS_REPLICA) {
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

    int anyShard() {
        return network.nextInt(Scale.SHARDS);
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
            long deadline = asked.isEmpty() ? Long.MAX_VALUE : asked.peek().at + Gateway.MOST_WAIT;
            long arrival = next < end ? next : Long.MAX_VALUE;
            if (Math.min(event, Math.min(deadline, arrival)) > end + Gateway.MOST_WAIT) {
                return log.judge();
            }
            if (event <= deadline && event <= arrival) {
                now = event;
                events.poll().what.run();
            } else if (deadline <= arrival) {
                now = deadline;
                Request late = asked.poll();
                late.gateway.waitedForTooLong(late);
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
    private final Scenario scenario;
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

    Log(Scenario scenario) {
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
        Scenario scenario,
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
