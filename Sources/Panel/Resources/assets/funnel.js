// Errors over current between the limits of a class: a staircase in both signs on a logarithmic
// axis, and points that lie in it.
import { h, s } from './dom.js';
import { number, signed, t } from './words.js';

const WIDTH = 720;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 16, 14, 40];

/**
 * A picture with its scales.
 *
 * `treads` are from the left: `from` and `to` in amperes, `limit` in percent. `reach` is the
 * highest error that is drawn, `low` and `high` are the ends of the axis, `ticks` its marks.
 */
export function createFunnel({ treads, reach, low, high, ticks, title }) {
  const x = (amperes) => LEFT + (Math.log10(Math.max(low, amperes)) - Math.log10(low))
    / (Math.log10(high) - Math.log10(low)) * (WIDTH - LEFT - RIGHT);
  const y = (percent) => TOP + (reach - Math.max(-reach, Math.min(reach, percent))) / (2 * reach)
    * (HEIGHT - TOP - BOTTOM);
  const line = (sign) => treads.map((one, n) =>
    `${n ? `V${y(sign * one.limit)}` : `M${x(one.from)} ${y(sign * one.limit)}`}H${x(one.to)}`)
    .join('');
  const upper = line(1);
  const back = [...treads].reverse().map((one) => `V${y(-one.limit)}H${x(one.from)}`).join('');
  const steps = [-1, -0.5, 0, 0.5, 1].map((part) => part * reach);
  const decimals = steps.every((one) => Number.isInteger(one)) ? 0 : 2;
  const points = s('g', { class: 'points' });
  const picture = s('svg', { class: 'funnel', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img',
    'aria-label': title },
  s('g', { class: 'grid' },
    steps.map((percent) => s('g', null,
      s('path', { d: `M${LEFT} ${y(percent)}H${WIDTH - RIGHT}` }),
      s('text', { x: LEFT - 8, y: y(percent) + 4, 'text-anchor': 'end',
        text: `${signed(percent, decimals)}\u00a0%` }))),
    ticks.map((amperes) => s('g', null,
      s('path', { d: `M${x(amperes)} ${TOP}V${HEIGHT - BOTTOM}` }),
      s('text', { x: x(amperes), y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle',
        text: number(amperes, amperes < 0.1 || (amperes > 0.2 && amperes < 0.3) ? 2
          : amperes < 1 ? 1 : 0) }))),
    s('text', { class: 'unit', x: WIDTH - RIGHT, y: HEIGHT - 4, 'text-anchor': 'end',
      text: t('accuracy.axis') })),
  treads.length ? [s('path', { class: 'inside', d: `${upper}${back}z` }),
    s('path', { class: 'limit', d: upper }), s('path', { class: 'limit', d: line(-1) })] : null,
  points);
  return { picture, points, x, y };
}

/** Marks of 1, 2 and 5 between two currents. */
export function currentTicks(low, high) {
  const found = [];
  for (let decade = -3; decade < 4; decade += 1) {
    for (const mantissa of [1, 2, 5]) {
      const amperes = Number((mantissa * 10 ** decade).toPrecision(3));
      if (amperes >= low * 0.999 && amperes <= high * 1.001) found.push(amperes);
    }
  }
  return found;
}

/** What the colours of the points mean. */
export const pointLegend = (names) => h('ul', { class: 'legend' }, names.map(([cls, text]) =>
  h('li', null, s('svg', { class: 'dot-sample points', viewBox: '0 0 12 12',
    'aria-hidden': 'true' }, s('circle', { class: cls, cx: 6, cy: 6, r: 5 })), text)));
