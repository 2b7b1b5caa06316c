// What the meter keeps: billing periods, second logger, maxima, tariff plan, clock.
import { h, mark, say } from './dom.js';
import { ask, command } from './api.js';
import { card, dataLinks, repeat } from './parts.js';
import { hasWord, t } from './words.js';

const TABLES = ['billing', 'second-logger', 'maxima'];

/** A table whose columns are those of the data; empty cells are values that are not there. */
function grid(rows, caption) {
  const columns = rows.length > 0 ? Object.keys(rows[0]) : [];
  const isNumber = (name) => rows.some((row) => typeof row[name] === 'number');
  const head = columns.map((name) => h('th', { scope: 'col', class: isNumber(name) ? 'numeric' : '',
    text: hasWord(`records.${name}`) ? t(`records.${name}`) : name }));
  const cell = (row, name) => h('td', { class: isNumber(name) ? 'numeric' : '',
    text: hasWord(`register.${row[name]}`) ? t(`register.${row[name]}`) : row[name] ?? '' });
  return h('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', null, h('thead', null, h('tr', null, head)),
      h('tbody', null, rows.map((row) => h('tr', null, columns.map((name) => cell(row, name)))))));
}

/** One season of a plan: kinds of days with their changes. */
function season(name, data) {
  return h('div', null, h('h3', { text: t('tariffs.season', { name: name.toUpperCase(),
    from: data.from }) }), h('table', null, h('tbody', null,
    ['working', 'nonWorking', 'exception'].map((kind) => h('tr', null,
      h('th', { scope: 'row', text: t(`tariffs.${kind}`) }),
      h('td', { text: data[kind].length === 0 ? t('tariffs.unchanged')
        : data[kind].map((one) => `${one.from} T${one.tariff}`).join('   ') }))))));
}

/** A plan, or that there is none. */
function plan(data) {
  if (!data) return h('p', { class: 'muted', text: t('tariffs.none') });
  return h('div', null, h('p', { text: t('tariffs.number', { number: data.number }) }),
    Object.entries(data.seasons).map(([name, one]) => season(name, one)),
    h('p', { class: 'muted', text: t('tariffs.exceptions', { count: data.exceptions.length }) }));
}

/** The view of records; the parameter is the name of a table. */
export function recordsView(context, parameter) {
  let name = TABLES.includes(parameter) ? parameter : 'billing';
  const place = h('div');
  const links = h('span');
  const note = h('p', { class: 'muted', role: 'status' });
  const tariffs = h('div');
  const buttons = TABLES.map((one) => h('button', { type: 'button', text: t(`records.tab.${one}`),
    on: { click: () => {
      name = one;
      history.replaceState(null, '', `#/records/${one}`);
      show();
    } } }));
  async function load() {
    const asked = name;
    const [rows, state] = await Promise.all([ask(`/${asked}`), ask('/tariffs')]);
    if (rows && asked === name) {
      place.replaceChildren(rows.length > 0 ? grid(rows, t(`records.tab.${asked}`))
        : h('p', { class: 'muted', text: t('records.none') }));
    }
    if (!state) return;
    const source = t('tariffs.now', { tariff: state.tariff, source: state.source });
    tariffs.replaceChildren(h('p', { text: source }), plan(state.plan),
      ...(state.passive ? [h('h3', { text: t('tariffs.passive', { at: state.activation }) }),
        plan(state.passive)] : []));
  }
  function show() {
    buttons.forEach((button, n) => mark(button, 'aria-pressed', String(TABLES[n] === name)));
    links.replaceChildren(dataLinks(`/${name}`));
    load();
  }
  const clock = h('input', { type: 'datetime-local', step: 1, 'aria-label': t('clock.time') });
  async function set(time) {
    const isTaken = await command('setClock', { time: time.toISOString(), authority: 'service' });
    say(note, isTaken ? t('clock.done') : '');
  }
  const setting = h('div', { class: 'row' }, clock,
    h('button', { type: 'button', text: t('clock.set'), on: {
      click: () => { if (clock.value) set(new Date(clock.value)); } } }),
    h('button', { type: 'button', text: t('clock.now'), on: { click: () => set(new Date()) } }));
  const reset = h('button', { type: 'button', text: t('records.reset'), on: {
    click: async () => {
      const isTaken = await command('resetBilling');
      say(note, isTaken ? t('records.closed') : '');
      load();
    } } });
  buttons.forEach((button, n) => mark(button, 'aria-pressed', String(TABLES[n] === name)));
  links.replaceChildren(dataLinks(`/${name}`));
  const close = repeat(5000, load);
  return {
    element: h('div', { class: 'view' },
      card(t('nav.records'), links,
        h('div', { class: 'row between' },
          h('span', { class: 'segments-row', role: 'group', 'aria-label': t('nav.records') },
            buttons), reset), place, note),
      card(t('tariffs.title'), null, tariffs), card(t('clock.title'), null, setting)),
    close,
  };
}
