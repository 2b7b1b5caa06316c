// Scope and harmonics.
import { h, s, mark, say } from './dom.js';
import { ask } from './api.js';
import { card, dataLinks, repeat } from './parts.js';
import { createScope } from './scope.js';
import { phaseLegend } from './phasors.js';
import { number, t } from './words.js';

const WIDTH = 720;
const HEIGHT = 250;
const FLOOR = HEIGHT - 28;

/** Bars on a logarithmic scale from 0.01 % to 100 %. */
const bar = (percent) => {
  const part = (Math.log10(Math.max(percent, 0.01)) + 2) / 4;
  return Math.max(0, Math.min(1, part)) * (FLOOR - 14);
};

function harmonicsPicture() {
  const bars = s('g');
  const grid = s('g', { class: 'grid' }, [0.1, 1, 10, 100].map((percent) => {
    const y = FLOOR - bar(percent);
    return s('g', null, s('path', { d: `M46 ${y}H${WIDTH}` }),
      s('text', { x: 40, y: y + 4, 'text-anchor': 'end',
        text: `${number(percent, percent < 1 ? 1 : 0)}\u00a0%` }));
  }));
  const picture = s('svg', { class: 'harmonics', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' },
    grid, bars);
  return {
    picture,
    update(data) {
      const orders = data.orders ?? [];
      const pitch = (WIDTH - 56) / Math.max(1, orders.length);
      const parts = orders.flatMap((order, n) => {
        const x = 52 + n * pitch;
        const half = pitch * 0.38;
        const [hu, hi] = [bar(data.u_percent[n] ?? 0), bar(data.i_percent[n] ?? 0)];
        return [
          s('path', { class: 'bar u', d: `M${x} ${FLOOR}v${-hu}h${half}v${hu}z` }),
          s('path', { class: 'bar i', d: `M${x + half + 1} ${FLOOR}v${-hi}h${half}v${hi}z` }),
          order % 2 === 1 ? s('text', { x: x + half, y: FLOOR + 17, 'text-anchor': 'middle',
            text: order }) : null,
        ].filter(Boolean);
      });
      bars.replaceChildren(...parts);
      mark(picture, 'aria-label', t('harmonics.read', { u: number(data.thd_u, 2),
        i: number(data.thd_i, 2) }));
    },
  };
}

/** The view of waveforms. */
export function signalsView() {
  const scope = createScope({ height: 360 });
  const harmonics = harmonicsPicture();
  let phase = 1;
  const distortion = h('p', { class: 'muted' });
  const buttons = [1, 2, 3].map((n) => h('button', { type: 'button', text: `L${n}`, on: {
    click: () => {
      phase = n;
      show();
      load();
    } } }));
  const links = h('span');
  function show() {
    buttons.forEach((button, n) =>
      mark(button, 'aria-pressed', String(n + 1 === phase)));
    links.replaceChildren(dataLinks(`/harmonics?phase=${phase}`, ['json']));
  }
  async function load() {
    const data = await ask(`/harmonics?phase=${phase}`);
    if (!data) return;
    harmonics.update(data);
    say(distortion, t('harmonics.thd', { u: number(data.thd_u, 2), i: number(data.thd_i, 2) }));
  }
  show();
  const close = repeat(1500, load);
  return {
    element: h('div', { class: 'view' },
      card(t('scope.title'),
        h('span', { class: 'row' }, phaseLegend(), dataLinks('/scope', ['json'])),
        scope.element),
      card(t('harmonics.title'), h('span', { class: 'row' },
        h('span', { class: 'segments-row', role: 'group', 'aria-label': t('harmonics.phase') },
          buttons), links),
      h('ul', { class: 'legend' }, ['u', 'i'].map((kind) => h('li', null,
        h('span', { class: `chip ${kind}` }), t(`harmonics.${kind}`)))),
      harmonics.picture, distortion)),
    close() {
      scope.close();
      close();
    },
  };
}
