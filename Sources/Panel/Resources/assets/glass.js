// The glass of the meter, drawn from the segment planes: which bit is which bar stands in
// docs/display.md. Heights are those of the data sheet, one millimetre to ten units: value and
// unit 7 mm, identification 5 mm, indicators 3 mm.
import { s, mark } from './dom.js';

const WIDTH = 760;
const HEIGHT = 262;

/** Bits of the fields: value 0, identification 64, unit 120, text 200, symbols 264. */
const FIRST = { value: 0, identification: 64, unit: 120, text: 200, symbols: 264 };

const SYMBOLS = [
  'colon2', 'colon4', 'colon6', 'tariff1', 'tariff2', 'tariff3', 'tariff4', 'voltage1', 'voltage2',
  'voltage3', 'import1', 'import2', 'import3', 'export1', 'export2', 'export3', 'phaseSequence',
  'quadrantAxes', 'quadrant1', 'quadrant2', 'quadrant3', 'quadrant4', 'arrowImport', 'arrowExport',
  'backstop', 'errorTriangle', 'magnet', 'cover', 'switchOpen', 'switchClosed', 'radio',
  'prepayment', 'module1', 'module2', 'battery', 'verification',
];

/** The number of a symbol's segment. */
export const symbolBit = (name) => FIRST.symbols + SYMBOLS.indexOf(name);

/** Whether a segment of a plane in hexadecimal is lit. */
export function isLit(hex, bit) {
  const byte = parseInt((hex ?? '').substr((bit >> 3) * 2, 2), 16);
  return (byte >> (bit & 7) & 1) === 1;
}

const polygon = (points) => 'M' + points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)
  .join('L') + 'z';

/** The bars a...f of a ring: mitred at the corners, with a gap between neighbours. */
function ring(w, h, t, g) {
  const m = h / 2;
  const half = g / 2;
  return [
    [[g, 0], [w - g, 0], [w - t - g, t], [t + g, t]],
    [[w, g], [w, m - half], [w - t / 2, m - half], [w - t, m - t / 2 - half], [w - t, t + g]],
    [[w, h - g], [w, m + half], [w - t / 2, m + half], [w - t, m + t / 2 + half],
      [w - t, h - t - g]],
    [[g, h], [w - g, h], [w - t - g, h - t], [t + g, h - t]],
    [[0, h - g], [0, m + half], [t / 2, m + half], [t, m + t / 2 + half], [t, h - t - g]],
    [[0, g], [0, m - half], [t / 2, m - half], [t, m - t / 2 - half], [t, t + g]],
  ].map(polygon);
}

function middle(from, to, m, t) {
  return polygon([[from, m], [from + t / 2, m - t / 2], [to - t / 2, m - t / 2], [to, m],
    [to - t / 2, m + t / 2], [from + t / 2, m + t / 2]]);
}

function digitBars(w, h, t, g) {
  return [...ring(w, h, t, g), middle(t / 2 + g, w - t / 2 - g, h / 2, t)];
}

function characterBars(w, h, t, g) {
  const [c, m] = [w / 2, h / 2];
  const upright = (y1, y2) => polygon([[c - t / 2, y1], [c + t / 2, y1], [c + t / 2, y2 - t / 2],
    [c, y2], [c - t / 2, y2 - t / 2]]);
  const downright = (y1, y2) => polygon([[c, y1], [c + t / 2, y1 + t / 2], [c + t / 2, y2],
    [c - t / 2, y2], [c - t / 2, y1 + t / 2]]);
  // A diagonal runs from a corner of the ring to the middle, as wide as it can be told apart.
  const slope = t * 1.25;
  const diagonal = (x1, y1, x2, y2) => {
    const side = Math.sign(y2 - y1);
    return polygon([[x1, y1], [x1, y1 + side * slope], [x2, y2], [x2, y2 - side * slope]]);
  };
  const [left, right] = [t + g, w - t - g];
  const inner = t / 2 + g;
  const [top, bottom] = [t + g, h - t - g];
  return [
    ...ring(w, h, t, g),
    middle(t / 2 + g, c - g / 2, m, t), middle(c + g / 2, w - t / 2 - g, m, t),
    diagonal(left, top, c - inner, m - inner), upright(top, m - g),
    diagonal(right, top, c + inner, m - inner), diagonal(left, bottom, c - inner, m + inner),
    downright(m + g, bottom), diagonal(right, bottom, c + inner, m + inner),
  ];
}

/** All segments of the glass: bit number and SVG element, ghosts included. */
class Drawing {
  constructor() {
    this.bars = new Map();
    this.layer = s('g', { class: 'segments' });
  }

  add(bit, element, into = this.layer) {
    element.classList.add('segment');
    element.dataset.bit = bit;
    this.bars.set(bit, element);
    into.append(element);
  }

  /** A field of digits or characters from left to right, slanted by six degrees. */
  field({ first, count, bytes, x, y, pitch, bars, point, height }) {
    for (let n = 0; n < count; n += 1) {
      const place = s('g', { transform: `translate(${x + n * pitch} ${y}) skewX(-6)` });
      bars.forEach((d, bar) => this.add(first + n * bytes * 8 + bar, s('path', { d }), place));
      if (point && n < count - 1) {
        const r = height * 0.062;
        this.add(first + n * 8 + 7,
          s('circle', { cx: pitch - point, cy: height - r, r }), place);
      }
      this.layer.append(place);
    }
  }

  symbol(name, ...elements) {
    this.add(symbolBit(name), s('g', { 'data-symbol': name }, ...elements));
  }

  word(name, text, x, y, size = 30) {
    this.symbol(name, s('text', { x, y, 'font-size': size, text }));
  }
}

function drawFields(drawing) {
  drawing.field({ first: FIRST.identification, count: 7, bytes: 1, x: 26, y: 64, pitch: 38,
    height: 50, bars: digitBars(26, 50, 6, 0.9), point: 7 });
  drawing.field({ first: FIRST.text, count: 4, bytes: 2, x: 316, y: 64, pitch: 39, height: 50,
    bars: characterBars(29, 50, 5, 0.9) });
  drawing.field({ first: FIRST.value, count: 8, bytes: 1, x: 28, y: 136, pitch: 56, height: 70,
    bars: digitBars(38, 70, 8, 1.1), point: 9.5 });
  drawing.field({ first: FIRST.unit, count: 5, bytes: 2, x: 500, y: 136, pitch: 47, height: 70,
    bars: characterBars(36, 70, 6.5, 1.1) });
  ['colon2', 'colon4', 'colon6'].forEach((name, n) => {
    const x = 28 + (2 * n + 1) * 56 + 46.5;
    drawing.symbol(name, s('circle', { cx: x - 2.5, cy: 158, r: 4.2 }),
      s('circle', { cx: x - 5, cy: 184, r: 4.2 }));
  });
}

function drawIndicators(drawing) {
  const baseline = 44;
  for (let n = 1; n <= 3; n += 1) {
    const x = 24 + (n - 1) * 82;
    drawing.word(`voltage${n}`, `L${n}`, x, baseline);
    drawing.symbol(`import${n}`, s('path', { d: `M${x + 39} 25h6v-6h5v6h6v5h-6v6h-5v-6h-6z` }));
    drawing.symbol(`export${n}`, s('path', { d: `M${x + 39} 40h17v5h-17z` }));
  }
  // A broken circle with an arrow head: the phases follow each other the wrong way round.
  drawing.symbol('phaseSequence', s('path', { d: 'M284 22a12 12 0 1 0 10 6l-4.6 2.6a7 7 0 1 1'
    + '-5.4-3.2v6l10-8.5-10-8.5z' }));
  for (let n = 1; n <= 4; n += 1) drawing.word(`tariff${n}`, `T${n}`, 330 + (n - 1) * 42, baseline);
  drawing.symbol('radio', s('path', { d: 'M521 33a4 4 0 1 1 0 .1zM514 22a15 15 0 0 0 0 22l3-3a11 11'
    + ' 0 0 1 0-16zM536 22a15 15 0 0 1 0 22l-3-3a11 11 0 0 0 0-16zM508 16a23 23 0 0 0 0 34l3-3a19'
    + ' 19 0 0 1 0-28zM542 16a23 23 0 0 1 0 34l-3-3a19 19 0 0 0 0-28z' }));
  drawing.word('module1', 'M1', 570, baseline, 24);
  drawing.word('module2', 'M2', 612, baseline, 24);
  drawing.symbol('battery', s('path', { 'fill-rule': 'evenodd', d: 'M664 23h52v6h6v10h-6v6h-52z'
    + 'M668 27v14h44v-14zM672 30h10v8h-10zM685 30h10v8h-10z' }));
}

function drawQuadrants(drawing) {
  const [x, y, r] = [664, 90, 34];
  drawing.symbol('quadrantAxes', s('path', {
    d: `M${x - r - 6} ${y - 1.3}h${2 * r + 12}v2.6h-${2 * r + 12}z`
      + `M${x - 1.3} ${y - r - 2}h2.6v${2 * r + 4}h-2.6z` }));
  const signs = [[1, -1], [-1, -1], [-1, 1], [1, 1]];
  signs.forEach(([sx, sy], n) => {
    const [gx, gy] = [x + sx * 5, y + sy * 5];
    const sweep = sx * sy < 0 ? 0 : 1;
    drawing.symbol(`quadrant${n + 1}`, s('path', {
      d: `M${gx} ${gy}h${sx * (r - 6)}a${r - 6} ${r - 6} 0 0 ${sweep} ${-sx * (r - 6)}`
        + ` ${sy * (r - 6)}z` }));
  });
  drawing.symbol('arrowImport', s('path', { d: 'M500 67h38v-9l22 15-22 15v-9h-38z' }));
  drawing.symbol('arrowExport', s('path', { d: 'M560 99h-38v-9l-22 15 22 15v-9h38z' }));
}

function drawStatus(drawing) {
  const y = 228;
  drawing.symbol('errorTriangle', s('path', { 'fill-rule': 'evenodd',
    d: `M43 ${y - 6}l19 32h-38zM41 ${y + 4}l.7 10h2.6l.7-10zM41.2 ${y + 17}h3.6v4h-3.6z` }));
  drawing.symbol('magnet', s('path', {
    d: `M84 ${y}h10v12a7 7 0 0 0 14 0v-12h10v12a17 17 0 0 1-34 0z`
    + `M84 ${y - 6}h10v4h-10zM108 ${y - 6}h10v4h-10z` }));
  drawing.symbol('cover', s('path', { d: `M146 ${y + 8}h28v17h-28zM150 ${y + 6}v-4a10 10 0 0 1 `
    + `19-4l-4 2a5.6 5.6 0 0 0-10.6 2v4z` }));
  drawing.symbol('switchClosed', s('path', { d: `M198 ${y + 15}h52v4h-52z` }));
  drawing.symbol('switchOpen', s('path', { d: `M210 ${y + 13}l24-19 2.5 3-24 19z` }));
  drawing.word('prepayment', 'PRE', 276, y + 24, 24);
  drawing.word('backstop', '◁|', 338, y + 24, 24);
  drawing.word('verification', 'TEST', 390, y + 24, 24);
}

/** The glass as a picture with `update(glass, powered)`. */
export function createGlass(title) {
  const drawing = new Drawing();
  drawFields(drawing);
  drawIndicators(drawing);
  drawQuadrants(drawing);
  drawStatus(drawing);
  const element = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'glass', role: 'img',
    'aria-label': title, x: 0, y: 0, width: WIDTH, height: HEIGHT },
    s('g', { 'aria-hidden': 'true' }, drawing.layer));
  let shown = '';

  function update(glass, label) {
    const key = glass.steady + glass.blinking + glass.blink;
    mark(element, 'aria-label', label);
    if (key === shown) return;
    shown = key;
    for (const [bit, bar] of drawing.bars) {
      const lit = isLit(glass.steady, bit) || (glass.blink && isLit(glass.blinking, bit));
      bar.classList.toggle('lit', lit);
    }
  }
  return { element, update, width: WIDTH, height: HEIGHT };
}
