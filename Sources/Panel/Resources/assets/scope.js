// Voltages and currents over two cycles, as an oscilloscope shows them.
import { h, s, mark, say } from './dom.js';
import { ask } from './api.js';
import { repeat } from './parts.js';
import { number, t } from './words.js';

const WIDTH = 720;
const EDGE = 46;

function peak(lists) {
  let most = 0;
  for (const list of lists ?? []) {
    for (const value of list) most = Math.max(most, Math.abs(value));
  }
  return most;
}

/** 1, 2 or 5 times a power of ten that is not below a value. */
function round(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= value * 0.999);
}

function trace(values, scale, height) {
  const middle = height / 2;
  const reach = middle - 14;
  const step = (WIDTH - 2 * EDGE) / Math.max(1, values.length - 1);
  return 'M' + values.map((value, n) =>
    `${(EDGE + n * step).toFixed(1)} ${(middle - value / scale * reach).toFixed(1)}`).join('L');
}

function screen(height) {
  const columns = Array.from({ length: 9 }, (_, n) => EDGE + n * (WIDTH - 2 * EDGE) / 8);
  const rows = Array.from({ length: 7 }, (_, n) => 14 + n * (height - 28) / 6);
  return s('g', { class: 'grid' },
    columns.map((x) => s('path', { d: `M${x} 14V${height - 14}` })),
    rows.map((y) => s('path', { d: `M${EDGE} ${y}H${WIDTH - EDGE}` })),
    s('path', { class: 'axis', d: `M${EDGE} ${height / 2}H${WIDTH - EDGE}` }));
}

/** A scope that asks for samples while it is looked at; `close()` ends it. */
export function createScope({ height = 320 } = {}) {
  const u = [1, 2, 3].map((n) => s('path', { class: `wave u p${n}` }));
  const i = [1, 2, 3].map((n) => s('path', { class: `wave i p${n}` }));
  const marks = [[4, 24, 'start', 'u'], [WIDTH - 4, 24, 'end', 'i']].map(([x, y, anchor, cls]) =>
    s('text', { class: `scale ${cls}`, x, y, 'text-anchor': anchor }));
  const picture = s('svg', { class: 'scope', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img' },
    screen(height), u, i, marks);
  const note = h('p', { class: 'muted small-text' });
  const close = repeat(400, async () => {
    const data = await ask('/scope');
    if (!data?.u) {
      say(note, t('scope.none'));
      return;
    }
    const [volts, amperes] = [round(peak(data.u) || 1), round(Math.max(peak(data.i), 0.05))];
    for (const [paths, curves, scale] of [[u, data.u, volts], [i, data.i, amperes]]) {
      paths.forEach((path, n) =>
        mark(path, 'd', curves[n]?.length ? trace(curves[n], scale, height) : null));
    }
    const digits = amperes < 1 ? 2 : 0;
    say(marks[0], `±${number(volts)} V`);
    say(marks[1], `±${number(amperes, digits)} A`);
    const span = (data.u[0]?.length ?? 0) / data.rate_Hz * 1000;
    say(note, t('scope.note', { span: number(span, 1), rate: number(data.rate_Hz) }));
    mark(picture, 'aria-label', t('scope.read', { u: number(peak(data.u), 0),
      i: number(peak(data.i), 2) }));
  });
  return { element: h('div', null, picture, note), close };
}
