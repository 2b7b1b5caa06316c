// The permanent memory: what lies where, how worn each page is, how many cuts it has survived.
import { h, mark, say } from './dom.js';
import { ask, command } from './api.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { hasWord, number, t } from './words.js';

const COLUMNS = 64;
const CELL = 11;
const GAP = 1;

/** Colours of the heat map from the style sheet, so that they follow light and dark. */
function colours(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return { cold: of('--cell'), warm: of('--warm'), hot: of('--hot'), line: of('--muted') };
}

function paint(canvas, data, before) {
  const rows = Math.ceil(data.pages / COLUMNS);
  const size = [COLUMNS * CELL, rows * CELL];
  const ratio = Math.max(1, Math.min(3, devicePixelRatio));
  if (canvas.width !== size[0] * ratio) {
    [canvas.width, canvas.height] = size.map((one) => one * ratio);
  }
  const context = canvas.getContext('2d');
  const { cold, warm, hot } = colours(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, ...size);
  const most = Math.max(1, ...data.wear);
  for (let page = 0; page < data.pages; page += 1) {
    const [cx, cy] = [page % COLUMNS * CELL, Math.floor(page / COLUMNS) * CELL];
    const wear = data.wear[page] ?? 0;
    context.globalAlpha = 1;
    context.fillStyle = cold;
    context.fillRect(cx, cy, CELL - GAP, CELL - GAP);
    if (wear > 0) {
      context.globalAlpha = 0.25 + 0.75 * Math.log1p(wear) / Math.log1p(most);
      context.fillStyle = wear !== (before?.[page] ?? wear) ? hot : warm;
      context.fillRect(cx, cy, CELL - GAP, CELL - GAP);
    }
  }
}

/** The view of the memory. */
export function memoryView() {
  const canvas = h('canvas', { class: 'heat', role: 'img', width: 704, height: 352 });
  const figures = ['commits', 'cuts', 'failures', 'events'].map((key) => {
    const value = h('strong', { class: 'figure' });
    return { key, value, element: h('div', null, h('span', { class: 'muted',
      text: t(`memory.${key}`) }), value) };
  });
  const life = h('strong', { class: 'figure' });
  const spares = h('strong', { class: 'figure' });
  const regions = table([{ text: t('memory.region') }, { text: t('memory.pages'), numeric: true },
    { text: t('memory.size'), numeric: true }, { text: t('memory.programs'), numeric: true }],
  t('memory.regions'));
  const plugText = h('span');
  let isOut = false;
  const plug = h('button', { type: 'button', class: 'main plug', on: {
    click: () => command('plug', { in: isOut }) } }, plugText);
  let before = null;

  const close = repeat(700, async () => {
    const data = await ask('/memory');
    if (!data?.wear) return;
    paint(canvas, data, before);
    before = data.wear;
    const worn = (first, count) => data.wear.slice(first, first + count)
      .reduce((sum, one) => sum + one, 0);
    regions.body.replaceChildren(...(data.regions ?? []).map(({ name, first, count }) =>
      h('tr', null, h('th', { scope: 'row', text: hasWord(`region.${name}`) ? t(`region.${name}`)
        : name }), h('td', { class: 'numeric', text: `${first}–${first + count - 1}` }),
      h('td', { class: 'numeric', text: `${number(count / 4, count % 4 ? 2 : 0)} KiB` }),
      h('td', { class: 'numeric', text: number(worn(first, count)) }))));
    say(life, data.life_years === null || data.life_years === undefined ? '–'
      : t('memory.years', { years: number(data.life_years) }));
    say(spares, t('memory.replaced', { replaced: number(data.replaced ?? 0),
      spares: number(data.spares ?? 0) }));
    mark(canvas, 'aria-label', t('memory.read', { pages: number(data.pages),
      programs: number(worn(0, data.pages)), most: number(Math.max(...data.wear)) }));
  });

  return {
    element: h('div', { class: 'view' },
      card(t('memory.title'), dataLinks('/memory', ['json']),
        h('p', { class: 'muted', text: t('memory.about') }),
        h('div', { class: 'totals' }, figures.map((one) => one.element),
          h('div', null, h('span', { class: 'muted', text: t('memory.life') }), life),
          h('div', null, h('span', { class: 'muted', text: t('memory.spares') }), spares)),
        h('div', { class: 'row' }, plug, h('span', { class: 'muted', text: t('memory.dare') })),
        canvas,
        h('ul', { class: 'legend' }, ['cold', 'warm', 'hot'].map((kind) => h('li', null,
          h('span', { class: `chip ${kind}` }), t(`memory.cell.${kind}`)))),
        regions.element)),
    update(state) {
      for (const { key, value } of figures) say(value, number(state.memory?.[key]));
      isOut = state.bench?.plug === false;
      say(plugText, t(isOut ? 'bench.plug.on' : 'bench.plug.off'));
      mark(plug, 'aria-pressed', String(isOut));
    },
    close,
  };
}
