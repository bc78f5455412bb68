/* Draws the lines between the elements of the picture, with beads that run along them. Thickness and speed show the
 * traffic on a logarithmic scale: twice the traffic is one step more, so that 1 and 1000 per second both fit.
 */

import {el, svg} from './dom.js';

const CORNER = 10;
const BEAD_GAP = 14;
const HALF = 4; // half of a bead's space
const TRUNK = 12; // from the left edge, beyond a card's rounded corner

const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Wires {
  #root;
  #svg;
  #backends = [];
  #wires = new Map(); // by their destination

  constructor(root, canvas) {
    this.#root = root;
    this.#svg = canvas;
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(root);
    root.querySelectorAll('.node').forEach((node) => observer.observe(node));
    observer.observe(root.querySelector('.backends'));
    still.addEventListener('change', () => this.#wires.forEach((wire) => wire.setStill()));
  }

  /** Sets the backends. */
  between(backends) {
    this.#backends = backends;
    this.draw();
  }

  /** Sets the requests per second on each wire. */
  flow(flows, ofBackend) {
    this.#wires.get('arriving')?.flow(flows.arriving);
    this.#wires.get('passed')?.flow(flows.passed);
    this.#wires.get('limited')?.flow(flows.limited);
    this.#wires.get('failed')?.flow(flows.failed);
    let sum = 0;
    for (const backend of this.#backends) { // or route
      const perSecond = ofBackend(backend.dataset.key) ?? 0;
      sum += perSecond;
      const wire = this.#wires.get(`to ${backend.dataset.key}`);
      wire?.flow(perSecond);
      wire?.tone(backend.dataset.status);
      wire?.errors(backend.dataset.errors !== undefined);
    }
    this.#wires.get('trunk')?.flow(sum);
  }

  /** Measures the elements and redraws the wires. */
  draw() {
    const frame = this.#root.getBoundingClientRect();
    const box = (element) => {
      const rect = element.getBoundingClientRect();
      return {
        left: rect.left - frame.left,
        right: rect.right - frame.left,
        top: rect.top - frame.top,
        bottom: rect.bottom - frame.top,
        x: rect.left - frame.left + rect.width / 2,
        y: rect.top - frame.top + rect.height / 2,
      };
    };
    const part = (id) => box(this.#root.querySelector(id));
    const [clients, limiter, balancer] = ['#node-clients', '#node-limiter', '#node-balancer'].map(part);
    const across = limiter.left > clients.right; // side by side, rather than one below the other
    const paths = new Map();

    if (across) {
      paths.set('arriving', [[clients.right, clients.y], [limiter.left, limiter.y]]);
      paths.set('passed', [[limiter.right, limiter.y], [balancer.left, balancer.y]]);
    } else {
      const spine = clients.left + TRUNK;
      paths.set('arriving', [[spine, clients.bottom], [spine, limiter.top]]);
      paths.set('passed', [[spine, limiter.bottom], [spine, balancer.top]]);
    }
    for (const [name, node] of [['limited', limiter], ['failed', balancer]]) {
      const exit = part(`#exit-${name} .exit-text`);
      paths.set(name, [[exit.x, node.bottom], [exit.x, exit.top]]);
    }
    this.#branches(paths, balancer, across, box);
    this.#apply(paths, frame);
  }

  /** Adds the paths from the balancer to a trunk beside each column of cards, and from there to each card. */
  #branches(paths, balancer, across, box) {
    const cards = this.#backends.map((backend) => ({
      name: backend.dataset.key,
      trunk: box(backend).left + TRUNK,
      card: box(backend.querySelector('.card')),
    }));
    if (cards.length === 0) {
      return;
    }
    const top = box(this.#backends[0]).top - 12;
    const below = top > balancer.bottom;
    const home = cards[0].trunk;
    const start = below ? [across ? balancer.right - 20 : home, balancer.bottom] : [balancer.right, balancer.y];
    paths.set('trunk', [start, below ? [start[0], top] : [home, start[1]]]);
    for (const {name, trunk, card} of cards) {
      const bend = below ? [start[0], top] : [home, start[1]];
      paths.set(`to ${name}`, [start, bend, [trunk, bend[1]], [trunk, card.y], [card.left, card.y]]);
    }
  }

  #apply(paths, frame) {
    this.#svg.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
    for (const [name, wire] of this.#wires) {
      if (!paths.has(name)) {
        wire.remove();
        this.#wires.delete(name);
      }
    }
    for (const [name, points] of paths) {
      if (!this.#wires.has(name)) {
        this.#wires.set(name, new Wire(this.#svg, name));
      }
      this.#wires.get(name).along(points);
    }
  }
}

/**
 * A line with beads on its last segment, which is straight. The beads are a shifted background, which a browser moves
 * without layout or paint; moving dashes along the line cost ten times as much.
 */
class Wire {
  #line;
  #beads;
  #row = el('span');
  #motion = null;
  #upright = null;
  #perSecond = 0;

  constructor(canvas, name) {
    const kind = name.startsWith('to ') ? 'backend' : name;
    this.#line = svg('path', {class: 'line', 'data-wire': kind});
    this.#beads = el('div', {class: 'beads', 'data-wire': kind, 'aria-hidden': 'true'}, this.#row);
    canvas.append(this.#line);
    canvas.after(this.#beads);
  }

  along(points) {
    this.#line.setAttribute('d', rounded(points));
    const [[x, y], [toX, toY]] = points.slice(-2);
    const upright = x === toX;
    const skip = points.length > 2 ? CORNER : 0; // the rounded corner before it
    const style = this.#beads.style;
    style.left = `${upright ? x - HALF : x + skip}px`;
    style.top = `${upright ? y + skip : y - HALF}px`;
    style.width = `${upright ? 2 * HALF : Math.max(0, toX - x - skip)}px`;
    style.height = `${upright ? Math.max(0, toY - y - skip) : 2 * HALF}px`;
    if (upright !== this.#upright) {
      this.#upright = upright;
      this.#beads.classList.toggle('upright', upright);
      this.setStill();
    }
  }

  tone(status) {
    this.#line.dataset.status = status;
  }

  /** Shows whether the backend answers far more errors than the others. */
  errors(many) {
    this.#beads.toggleAttribute('data-errors', many);
  }

  flow(perSecond) {
    if (this.#perSecond !== (perSecond ?? 0)) {
      this.#perSecond = perSecond ?? 0;
      this.#show();
    }
  }

  /** Restarts the motion, or stops it if the user prefers reduced motion. */
  setStill() {
    this.#motion?.cancel();
    this.#motion = null;
    this.#show();
  }

  #show() {
    const strength = Math.log2(1 + this.#perSecond);
    this.#line.style.strokeWidth = `${1.5 + Math.min(4.5, strength * 0.5)}px`;
    this.#beads.style.setProperty('--size', `${(1.5 + Math.min(1.5, strength * 0.2)).toFixed(1)}px`);
    this.#beads.classList.toggle('flowing', this.#perSecond > 0);
    this.#move(strength);
  }

  /** Changes the speed without a jump; stops beads without traffic or if the user prefers reduced motion. */
  #move(strength) {
    if (still.matches || this.#perSecond === 0) {
      this.#motion?.pause();
      return;
    }
    const way = `${this.#upright ? 'translateY' : 'translateX'}(${BEAD_GAP}px)`;
    this.#motion ??= this.#row.animate([{transform: 'none'}, {transform: way}], {duration: 1000, iterations: Infinity});
    this.#motion.updatePlaybackRate(0.6 + Math.min(4, strength * 0.45));
    if (this.#motion.playState === 'paused') {
      this.#motion.play();
    }
  }

  remove() {
    this.#line.remove();
    this.#beads.remove();
  }
}

/** Returns a path through these points with horizontal and vertical lines and rounded corners. */
function rounded(points) {
  const way = points.filter((point, i) => i === 0 || point[0] !== points[i - 1][0] || point[1] !== points[i - 1][1]);
  let path = `M${way[0]}`;
  for (let i = 1; i < way.length - 1; i++) {
    const before = toward(way[i], way[i - 1]);
    const after = toward(way[i], way[i + 1]);
    path += `L${before}Q${way[i]} ${after}`;
  }
  return `${path}L${way.at(-1)}`;
}

/** Returns the point at which a rounded corner begins, seen from the corner. */
function toward(corner, other) {
  const length = Math.hypot(other[0] - corner[0], other[1] - corner[1]);
  const step = Math.min(CORNER, length / 2) / (length || 1);
  return [corner[0] + (other[0] - corner[0]) * step, corner[1] + (other[1] - corner[1]) * step];
}
