// All registers with their legal status.
import { h, mark, say } from './dom.js';
import { ask } from './api.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { hasWord, number, t } from './words.js';

/** How many decimals a unit is read with. */
const decimalsOf = (row) => (/h$/.test(row.unit) && row.unit !== 'h' ? 3 : row.unit === 'A' ? 3
  : row.unit === '1' || row.unit === '' ? 4 : row.unit === 'h' ? 0 : 2);

const statusKey = (legal) => ({ MID: 'mid', national: 'national' })[legal] ?? 'free';

/** The view of registers; the parameter is what is searched for. */
export function registersView(context, parameter) {
  const list = table([{ text: 'OBIS' }, { text: t('table.name') },
    { text: t('table.value'), numeric: true }, { text: t('table.unit') },
    { text: t('table.legal') }],
  t('nav.registers'));
  const rows = new Map();
  const search = h('input', { type: 'search', value: parameter, placeholder: t('registers.search'),
    'aria-label': t('registers.search'), on: { input: () => filter() } });
  const count = h('span', { class: 'muted' });

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const { element, text } of rows.values()) {
      const isShown = text.includes(wanted);
      element.hidden = !isShown;
      if (isShown) shown += 1;
    }
    say(count, t('registers.count', { count: shown }));
    // The address follows the search without a new entry in the history for each letter.
    const hash = wanted ? `#/registers/${encodeURIComponent(wanted)}` : '#/registers';
    if (location.hash !== hash) history.replaceState(null, '', hash);
  }

  function row(data) {
    const key = `register.${data.name}`;
    const name = hasWord(key) ? t(key) : data.name;
    const value = h('td', { class: 'numeric value' });
    const element = h('tr', { 'data-obis': data.obis }, h('th', { scope: 'row', text: data.obis }),
      h('td', { text: name }), value, h('td', { text: data.unit === '1' ? '' : data.unit }),
      h('td', null, h('span', { class: `badge ${statusKey(data.legal)}`,
        text: t(`legal.${statusKey(data.legal)}`) })));
    list.body.append(element);
    return { element, value, text: `${data.obis} ${name} ${data.name} ${data.unit}`.toLowerCase() };
  }

  const close = repeat(1000, async () => {
    const answer = await ask('/registers');
    if (!answer) return;
    let isNew = false;
    for (const data of answer) {
      if (!rows.has(data.obis)) {
        rows.set(data.obis, row(data));
        isNew = true;
      }
      const { value } = rows.get(data.obis);
      const text = typeof data.value === 'number' ? number(data.value, decimalsOf(data))
        : String(data.value ?? '–');
      if (value.textContent !== text && value.textContent !== '') {
        value.classList.remove('changed');
        requestAnimationFrame(() => value.classList.add('changed'));
      }
      say(value, text);
      mark(value, 'data-value', data.value);
    }
    if (isNew) filter();
  });

  return {
    element: h('div', { class: 'view' },
      card(t('nav.registers'), h('span', { class: 'row' }, search, count, dataLinks('/registers')),
        h('p', { class: 'muted', text: t('registers.about') }), list.element)),
    close,
  };
}
