// The live error: what the registers grew by, against the truth of the same signal, between the
// limits of the class (EN 50470-3, table 4, class B; Itr is a tenth of Ib).
import { h, s, mark, say } from './dom.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { Chart } from './chart.js';
import { ask } from './api.js';
import { number, signed, t } from './words.js';

const WIDTH = 720;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 16, 14, 40];
const [MINIMUM_A, TRANSITION_A, MAXIMUM_A] = [0.25, 0.5, 85];
const TICKS = [0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 85];

const x = (amperes) => LEFT + (Math.log10(Math.max(0.02, amperes)) - Math.log10(0.02))
  / (Math.log10(100) - Math.log10(0.02)) * (WIDTH - LEFT - RIGHT);
const y = (percent) => TOP + (2 - Math.max(-2, Math.min(2, percent))) / 4
  * (HEIGHT - TOP - BOTTOM);

function funnel() {
  const upper = `M${x(MINIMUM_A)} ${y(1.5)}H${x(TRANSITION_A)}V${y(1)}H${x(MAXIMUM_A)}`;
  const lower = `M${x(MINIMUM_A)} ${y(-1.5)}H${x(TRANSITION_A)}V${y(-1)}H${x(MAXIMUM_A)}`;
  const inside = `${upper}V${y(-1)}H${x(TRANSITION_A)}V${y(-1.5)}H${x(MINIMUM_A)}z`;
  const points = s('g', { class: 'points' });
  const picture = s('svg', { class: 'funnel', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' },
    s('g', { class: 'grid' },
      [-2, -1, 0, 1, 2].map((percent) => s('g', null,
        s('path', { d: `M${LEFT} ${y(percent)}H${WIDTH - RIGHT}` }),
        s('text', { x: LEFT - 8, y: y(percent) + 4, 'text-anchor': 'end',
          text: `${signed(percent, 0)}\u00a0%` }))),
      TICKS.map((amperes) => s('g', null,
        s('path', { d: `M${x(amperes)} ${TOP}V${HEIGHT - BOTTOM}` }),
        s('text', { x: x(amperes), y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle',
          text: number(amperes, amperes < 0.1 ? 2 : amperes < 0.3 && amperes > 0.2 ? 2
            : amperes < 1 ? 1 : 0) }))),
      s('text', { class: 'unit', x: WIDTH - RIGHT, y: HEIGHT - 4, 'text-anchor': 'end',
        text: t('accuracy.axis') })),
    s('path', { class: 'inside', d: inside }),
    s('path', { class: 'limit', d: upper }), s('path', { class: 'limit', d: lower }), points);
  return { picture, points };
}

/** Collects one point for each load that stood still long enough. */
class PointCollector {
  constructor() {
    this.points = [];
    this.key = null;
  }

  /** Takes a state; gives true where a point was added or moved. */
  take(state) {
    const truth = state.truth?.['1-0:1.8.0'];
    if (!truth || typeof truth.error_percent !== 'number') return false;
    const metered = truth.value * (1 + truth.error_percent / 100);
    const amperes = state.phases.reduce((sum, phase) => sum + (phase.i_A ?? 0), 0) / 3;
    const key = JSON.stringify([state.bench?.loads, state.bench?.wiring]);
    if (key !== this.key || truth.value < this.truth) {
      this.key = key;
      this.truth = truth.value;
      this.metered = metered;
      this.point = null;
      return false;
    }
    // From 50 Wh on the remainders no longer matter.
    const energy = truth.value - this.truth;
    if (energy < 0.05) return false;
    const percent = ((metered - this.metered) / energy - 1) * 100;
    if (!this.point) {
      this.point = { amperes, percent, energy };
      this.points.push(this.point);
      if (this.points.length > 60) this.points.shift();
    } else {
      Object.assign(this.point, { percent, energy, amperes });
    }
    return true;
  }
}

const collected = new PointCollector();

/** The view of accuracy. */
export function accuracyView() {
  const { picture, points } = funnel();
  const figures = table([{ text: 'OBIS' }, { text: t('accuracy.register'), numeric: true },
    { text: t('accuracy.truth'), numeric: true }, { text: t('accuracy.error'), numeric: true }],
  t('accuracy.title'));
  const rows = new Map();
  const chart = new Chart({ height: 260, scale: [-2, 2],
    limits: [{ value: 1, name: '+1 %' }, { value: -1, name: '−1 %' }],
    source: (from, to, width) => ask(`/series/error?width=${width}${from === null ? ''
      : `&from=${from}&to=${to}`}`) });
  const summary = h('p', { class: 'muted' });
  const close = repeat(2000, () => chart.range === null && chart.fetch());

  function drawPoints() {
    points.replaceChildren(...collected.points.map((point) => s('circle', {
      class: point === collected.point ? 'now' : '', r: point === collected.point ? 6 : 4,
      cx: x(point.amperes), cy: y(point.percent) })));
    mark(picture, 'aria-label', t('accuracy.read', { count: collected.points.length }));
  }
  drawPoints();

  return {
    close,
    element: h('div', { class: 'view' },
      card(t('accuracy.title'), dataLinks('/state', ['json']),
        h('p', { class: 'muted', text: t('accuracy.about') }), picture, summary, figures.element),
      card(t('accuracy.history'), dataLinks('/series/error'), chart.element)),
    update(state) {
      if (collected.take(state)) drawPoints();
      for (const [obis, truth] of Object.entries(state.truth ?? {})) {
        if (!rows.has(obis)) {
          const cells = Array.from({ length: 3 }, () => h('td', { class: 'numeric' }));
          rows.set(obis, cells);
          figures.body.append(h('tr', null, h('th', { scope: 'row', text: obis }), cells));
        }
        const [register, value, error] = rows.get(obis);
        say(register, number(state.registers?.[obis], 3));
        say(value, number(truth.value, 4));
        say(error, truth.error_percent === null ? '–'
          : `${signed(truth.error_percent, 4)}\u00a0%`);
      }
      const last = collected.point;
      say(summary, last ? t('accuracy.point', { a: number(last.amperes, 2),
        e: signed(last.percent, 4), wh: number(last.energy * 1000) }) : t('accuracy.wait'));
    },
  };
}
