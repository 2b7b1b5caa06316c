// A chart of a series that the server has decimated to pixel columns: minimum, maximum, first and
// last of each. One path is painted; dragging moves it and asks for the rest.
import { h, s, mark, say, throttled } from './dom.js';
import { instantText, number, t } from './words.js';

const LEFT = 62;
const BOTTOM = 30;
const TOP = 12;
const RIGHT = 14;

/** Steps of an axis: 1, 2 or 5 times a power of ten, about `count` of them. */
function steps(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const list = [];
  for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step) list.push(v);
  return { list, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

const TIME_STEPS = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400,
  2 * 86400, 7 * 86400, 14 * 86400, 30.4 * 86400, 61 * 86400, 122 * 86400];

/** Seconds since 2000 as a label that is as short as the span allows. */
function timeLabel(seconds, span) {
  const text = instantText(seconds);
  if (span > 3 * 86400) return text.slice(0, text.indexOf(' '));
  return span > 900 ? text.slice(-8, -3) : text.slice(-8);
}

/** The path of the columns: a line into each column, its extent, and out where it ends. */
export function columnPath(columns, x, y) {
  let d = '';
  let isOpen = false;
  let lastY = 0;
  const px = (v) => v.toFixed(1);
  for (const column of columns) {
    if (!column) {
      isOpen = false;
      continue;
    }
    const [time, low, high, first, last] = column;
    const cx = x(time);
    // Interval values are stairs: the value holds until the next one.
    d += isOpen ? `H${px(cx)}V${px(y(first))}` : `M${px(cx)} ${px(y(first))}`;
    if (high !== low) d += `V${px(y(high))}V${px(y(low))}V${px(y(last))}`;
    isOpen = true;
    lastY = y(last);
  }
  return isOpen ? `${d}h1` : d;
}


/**
 * A chart; `source(from, to, width)` gives a promise of a series, null bounds mean all of it.
 * A fixed `scale` keeps its axis, whatever the values; otherwise it follows them and `limits`.
 */
export class Chart {
  constructor({ source, height = 360, limits = [], scale = null }) {
    this.fixedScale = scale;
    this.source = source;
    this.height = height;
    this.limits = limits;
    this.range = null;
    this.series = null;
    this.asked = 0;
    this.build();
    this.refresh = throttled(90, () => this.fetch());
    new ResizeObserver(throttled(100, () => this.resize())).observe(this.element);
  }

  build() {
    this.path = s('path', { class: 'trace' });
    // The trace has its own layer, so that panning moves a picture instead of painting it anew.
    this.layer = s('svg', { class: 'layer', height: this.height, preserveAspectRatio: 'none',
      'aria-hidden': 'true' }, this.path);
    this.plot = h('div', { class: 'plot' }, this.layer);
    this.axes = s('g', { class: 'axes' });
    this.cross = s('path', { class: 'cross' });
    this.svg = s('svg', { class: 'chart', tabindex: 0, role: 'img', height: this.height },
      this.axes, this.cross);
    this.readout = h('p', { class: 'readout' });
    this.element = h('div', { class: 'chart-box' }, this.svg, this.plot, this.readout);
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.svg.addEventListener('wheel', (event) => {
      if (!this.view) return;
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(event.offsetX));
    }, { passive: false });
    this.svg.addEventListener('pointerdown', (event) => this.grab(event));
    this.svg.addEventListener('pointermove', (event) => this.point(event));
    this.svg.addEventListener('pointerleave', () => this.hover(null));
    this.svg.addEventListener('dblclick', () => this.all());
  }

  get plotWidth() { return Math.max(50, this.width - LEFT - RIGHT); }

  resize() {
    const width = Math.round(this.element.clientWidth);
    if (!width || width === this.width) return;
    this.width = width;
    mark(this.svg, 'width', width);
    mark(this.svg, 'viewBox', `0 0 ${width} ${this.height}`);
    this.plot.style.setProperty('left', `${LEFT}px`);
    this.plot.style.setProperty('width', `${this.plotWidth}px`);
    this.plot.style.setProperty('height', `${this.height}px`);
    this.fetch();
  }

  timeAt(x) {
    return this.view[0] + (x - LEFT) / this.plotWidth * (this.view[1] - this.view[0]);
  }

  /** Asks for what is seen and as much again on either side, so that panning has something. */
  async fetch() {
    if (!this.width) return;
    const began = this.clicked ?? performance.now();
    this.asked += 1;
    const turn = this.asked;
    let [from, to, width] = [null, null, Math.round(this.plotWidth)];
    if (this.range) {
      const span = this.range[1] - this.range[0];
      [from, to, width] = [this.range[0] - span, this.range[1] + span, 3 * width];
    }
    const series = await this.source(from, to, width);
    if (turn !== this.asked || !series) return;
    this.series = series;
    // A series that has just begun has no length yet.
    this.view = this.range ?? [series.first_s, Math.max(series.last_s, series.first_s + 1)];
    this.paint();
    if (this.clicked !== undefined) {
      this.clicked = undefined;
      requestAnimationFrame(() => setTimeout(() => {
        this.element.dataset.paintMs = (performance.now() - began).toFixed(1);
        this.element.dataset.points = series.points;
      }));
    }
  }

  /** The moment of the click that asked for the next painting, for measurements. */
  start(time) {
    this.clicked = time;
    delete this.element.dataset.paintMs;
    this.range = null;
    this.fetch();
  }

  paint() {
    const { columns } = this.series;
    const [from, to] = this.view;
    let [low, high] = [Infinity, -Infinity];
    for (const column of columns) {
      if (!column || column[0] < from || column[0] > to) continue;
      low = Math.min(low, column[1]);
      high = Math.max(high, column[2]);
    }
    for (const { value } of this.limits) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (!Number.isFinite(low)) [low, high] = [0, 1];
    if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
    const margin = (high - low) * 0.06;
    this.scale = this.fixedScale ?? [low - (low === 0 ? 0 : margin), high + margin];
    this.paintLayer(columns);
    this.paintAxes();
    const words = { from: timeLabel(from, 1e9), to: timeLabel(to, 1e9),
      low: number(low, 2), high: number(high, 2), unit: this.series.unit };
    mark(this.svg, 'aria-label', t('chart.read', words));
    this.element.dataset.columns = columns.length;
    if (!this.isHovered) say(this.readout, t('chart.read', words));
  }

  /** Paints all columns that were fetched; the layer is as wide as they are. */
  paintLayer(columns) {
    const [from, to] = this.view;
    const start = this.range ? this.series.from_s : from;
    const end = this.range ? this.series.to_s : to;
    const density = this.plotWidth / (to - from);
    this.loaded = { start, end, density };
    const width = Math.ceil((end - start) * density);
    mark(this.layer, 'width', width);
    mark(this.path, 'd', columnPath(columns, (time) => (time - start) * density,
      (value) => this.y(value)));
    this.placeLayer();
  }

  placeLayer() {
    const { start, density } = this.loaded;
    const now = this.plotWidth / (this.view[1] - this.view[0]);
    const shift = (start - this.view[0]) * now;
    this.layer.style.setProperty('transform',
      `translate3d(${shift.toFixed(2)}px, 0, 0) scaleX(${(now / density).toFixed(5)})`);
  }

  /** Whether the view has left the middle of what is loaded. */
  get isNearTheEdge() {
    const { start, end, density } = this.loaded;
    const [from, to] = this.view;
    const margin = (to - from) * 0.2;
    const zoomed = Math.abs(this.plotWidth / (to - from) / density - 1) > 0.02;
    const { first_s: first, last_s: last } = this.series;
    return zoomed || (from - start < margin && start > first) || (end - to < margin && end < last);
  }

  x(time) { return LEFT + (time - this.view[0]) / (this.view[1] - this.view[0]) * this.plotWidth; }

  y(value) {
    const [low, high] = this.scale;
    return TOP + (high - value) / (high - low) * (this.height - TOP - BOTTOM);
  }

  paintAxes() {
    const parts = [];
    const right = LEFT + this.plotWidth;
    const floor = this.height - BOTTOM;
    const { list, decimals } = steps(...this.scale, 6);
    for (const value of list) {
      const y = this.y(value);
      parts.push(s('path', { class: 'grid', d: `M${LEFT} ${y}H${right}` }),
        s('text', { x: LEFT - 8, y: y + 4, 'text-anchor': 'end', text: number(value, decimals) }));
    }
    const span = this.view[1] - this.view[0];
    const room = Math.max(2, Math.floor(this.plotWidth / 96));
    const step = TIME_STEPS.find((one) => span / one <= room) ?? span;
    for (let time = Math.ceil(this.view[0] / step) * step; time <= this.view[1]; time += step) {
      const x = this.x(time);
      parts.push(s('path', { class: 'grid', d: `M${x} ${TOP}V${floor}` }));
      if (x < right - 30) {
        parts.push(s('text', { x, y: floor + 19, 'text-anchor': 'middle',
          text: timeLabel(time, span) }));
      }
    }
    for (const { value, name } of this.limits) {
      const y = this.y(value);
      parts.push(s('path', { class: 'limit', d: `M${LEFT} ${y}H${right}` }),
        s('text', { class: 'limit-name', x: right - 4, y: y - 5, 'text-anchor': 'end',
          text: name }));
    }
    parts.push(s('text', { class: 'unit', x: 4, y: TOP + 2, text: this.series.unit }));
    this.axes.replaceChildren(...parts);
  }

  /** Moves the picture at once and asks for new columns a little later. */
  show(from, to) {
    const { first_s: first, last_s: last } = this.series;
    const span = Math.min(Math.max(to - from, 2), last - first || 2);
    const start = Math.min(Math.max(from, first), last - span);
    this.range = [start, start + span];
    this.view = this.range;
    this.placeLayer();
    this.paintAxes();
    if (this.isNearTheEdge) this.refresh();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.fetch(), 350);
  }

  zoom(factor, around) {
    const [from, to] = this.view;
    const centre = around ?? (from + to) / 2;
    this.show(centre - (centre - from) * factor, centre + (to - centre) * factor);
  }

  pan(part) {
    const [from, to] = this.view;
    const by = (to - from) * part;
    this.show(from + by, to + by);
  }

  all() {
    this.range = null;
    this.fetch();
  }

  key(event) {
    const actions = {
      ArrowLeft: () => this.pan(-0.1), ArrowRight: () => this.pan(0.1),
      PageUp: () => this.pan(-0.8), PageDown: () => this.pan(0.8),
      ArrowUp: () => this.zoom(0.7), ArrowDown: () => this.zoom(1.4),
      '+': () => this.zoom(0.7), '-': () => this.zoom(1.4), Home: () => this.all(),
    };
    const action = this.view && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  grab(event) {
    if (!this.view || event.button > 0) return;
    this.svg.setPointerCapture(event.pointerId);
    this.svg.focus({ preventScroll: true });
    this.drag = { x: event.clientX, view: this.view };
    const end = () => { this.drag = null; };
    this.svg.addEventListener('pointerup', end, { once: true });
    this.svg.addEventListener('pointercancel', end, { once: true });
  }

  point(event) {
    if (!this.view) return;
    if (!this.drag) {
      this.hover(event.offsetX);
      return;
    }
    const [from, to] = this.drag.view;
    const by = (this.drag.x - event.clientX) / this.plotWidth * (to - from);
    this.show(from + by, to + by);
  }

  hover(x) {
    this.isHovered = x !== null;
    if (x === null || x < LEFT || x > LEFT + this.plotWidth) {
      mark(this.cross, 'd', null);
      return;
    }
    const time = this.timeAt(x);
    let found = null;
    for (const column of this.series.columns) {
      if (column && column[0] <= time) found = column;
      else if (column) break;
    }
    mark(this.cross, 'd', `M${x} ${TOP}V${this.height - BOTTOM}`);
    if (!found) return;
    const [at, low, high] = found;
    const value = high === low ? number(low, 3) : `${number(low, 3)} … ${number(high, 3)}`;
    say(this.readout, `${instantText(at)}   ${value} ${this.series.unit}`);
  }
}
