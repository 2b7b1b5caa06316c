// Series of the past, decimated by the server; the load profile is the meter's own.
import { h, mark } from './dom.js';
import { ask } from './api.js';
import { Chart } from './chart.js';
import { card, dataLinks } from './parts.js';
import { t } from './words.js';

const NAMES = ['power', 'voltage', 'current', 'frequency', 'error', 'profile'];

/** The view of the past; the parameter is the name of the series. */
export function historyView(context, parameter) {
  let name = NAMES.includes(parameter) ? parameter : 'power';
  let curve = null;
  const curves = h('select', { hidden: true, 'aria-label': t('history.curve'), on: { change: () => {
    curve = curves.value;
    chart.fetch();
  } } });
  /** Offers the curves of a series that has more than one. */
  function learn(series) {
    const names = series?.curves ?? [];
    curves.hidden = names.length < 2;
    if (names.join() !== Array.from(curves.options, (one) => one.value).join()) {
      curves.replaceChildren(...names.map((one) => h('option', { value: one,
        text: one.replace('_', ' / ') })));
    }
    return series;
  }
  const chart = new Chart({ height: 420, source: (from, to, width) =>
    ask(`/series/${name}?width=${width}${curve ? `&curve=${curve}` : ''}${from === null ? ''
      : `&from=${Math.floor(from)}&to=${Math.ceil(to)}`}`).then(learn) });
  chart.element.id = 'history-chart';
  const links = h('span');
  const buttons = NAMES.map((one) => h('button', { type: 'button', text: t(`series.${one}`), on: {
    click: (event) => {
      name = one;
      curve = null;
      history.replaceState(null, '', `#/history/${one}`);
      show();
      chart.start(event.timeStamp);
    } } }));
  function show() {
    buttons.forEach((button, n) => mark(button, 'aria-pressed', String(NAMES[n] === name)));
    links.replaceChildren(dataLinks(`/series/${name}`, ['json', 'csv', 'svg']));
  }
  show();
  const tools = [['−', 'chart.out', () => chart.zoom(1.4)],
    ['+', 'chart.in', () => chart.zoom(0.7)],
    ['←', 'chart.back', () => chart.pan(-0.25)], ['→', 'chart.forward', () => chart.pan(0.25)],
    ['⤢', 'chart.all', () => chart.all()]]
    .map(([sign, key, action]) => h('button', { type: 'button', class: 'tool', text: sign,
      'aria-label': t(key), title: t(key), on: { click: () => chart.view && action() } }));
  // What grows at the right is asked for again while all of it is looked at.
  const timer = setInterval(() => {
    if (!document.hidden && !chart.range && name !== 'profile') chart.fetch();
  }, 2000);
  return {
    element: h('div', { class: 'view' },
      card(t('nav.history'), links,
        h('div', { class: 'row between' },
          h('span', { class: 'segments-row', role: 'group', 'aria-label': t('history.series') },
            buttons),
          h('span', { class: 'row' }, curves, tools)),
        chart.element, h('p', { class: 'muted', text: t('chart.keys') }))),
    close() { clearInterval(timer); },
  };
}
