/** Computes rates from counters over the last three seconds, however often the counters are read. */
export class Rates {
  #window;
  #samples = []; // oldest first; the first is the newest that is at least one window old, once there is one

  constructor(windowMs = 3000) {
    this.#window = windowMs;
  }

  /** @param counts a plain object of counters that only grow; if one has shrunk, the gateway was restarted */
  add(timeMs, counts) {
    const last = this.#samples.at(-1);
    const anew = last && Object.entries(counts).some(([name, n]) => n < (last.counts[name] ?? 0));
    if (anew || (last && timeMs <= last.timeMs)) {
      this.#samples = [];
    }
    this.#samples.push({timeMs, counts});
    while (this.#samples.length > 2 && this.#samples[1].timeMs <= timeMs - this.#window) {
      this.#samples.shift();
    }
  }

  /** Returns the rate per second; null as long as it isn't known. */
  of(name) {
    // The gateway sends some of many routes, now these, now those: a counter that is new here may have counted before.
    const first = this.#samples.find((sample) => sample.counts[name] !== undefined);
    const last = this.#samples.at(-1);
    if (!first || last.timeMs - first.timeMs < 500 || last.counts[name] === undefined) {
      return null;
    }
    const added = Math.max(0, last.counts[name] - first.counts[name]);
    return (added * 1000) / (last.timeMs - first.timeMs);
  }
}
