// The live error: what the registers grew by, against the truth of the same signal, between the
// limits of the class (EN 50470-3, table 4, class B; Itr is a tenth of Ib).
import { h, s, mark, say } from './dom.js';
import { createFunnel } from './funnel.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { Chart } from './chart.js';
import { ask } from './api.js';
import { number, signed, t } from './words.js';

const [MINIMUM_A, TRANSITION_A, MAXIMUM_A] = [0.25, 0.5, 85];
const TICKS = [0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 85];
const TREADS = [{ from: MINIMUM_A, to: TRANSITION_A, limit: 1.5 },
  { from: TRANSITION_A, to: MAXIMUM_A, limit: 1 }];

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
  const { picture, points, x, y } = createFunnel({ treads: TREADS, reach: 2, low: 0.02, high: 100,
    ticks: TICKS, title: t('accuracy.title') });
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
