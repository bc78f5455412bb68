/** Rates out of counters: what was added within the last three seconds, whatever the pace at which counts come in. */
export class Rates {
  #window;
  #samples = []; // oldest first; the first one is the youngest that is at least a window old, once there is one

  constructor(windowMs = 3000) {
    this.#window = windowMs;
  }

  /** @param counts a plain object of counters that only grow; when one has shrunk, the gateway was started anew */
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

  /** Per second; null as long as nothing can be said. */
  of(name) {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.timeMs - first.timeMs < 500 || last.counts[name] === undefined) {
      return null;
    }
    // Who wasn't there before has counted from 0.
    const added = Math.max(0, last.counts[name] - (first.counts[name] ?? 0));
    return (added * 1000) / (last.timeMs - first.timeMs);
  }
}
