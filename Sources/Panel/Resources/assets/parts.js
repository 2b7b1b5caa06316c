// Pieces that several views use: cards, links to the data, tables.
import { h } from './dom.js';
import { address } from './api.js';
import { t } from './words.js';

/** Links to the same data as JSON and CSV. */
export function dataLinks(path, kinds = ['json', 'csv']) {
  return h('span', { class: 'data-links' }, kinds.map((kind) => h('a', {
    href: address(kind === 'json' ? path : path.replace(/(\?|$)/, `.${kind}$1`)),
    text: kind.toUpperCase(), 'aria-label': t('data.as', { kind: kind.toUpperCase() }),
    download: kind === 'csv' ? `${path.replace(/^\W+|\?.*$/g, '').replaceAll('/', '-')}.csv` : null,
  })));
}

/** A card with its title, what stands at its right, and its content. */
export function card(title, aside, ...content) {
  return h('section', { class: 'card', 'aria-label': title },
    h('header', null, h('h2', { text: title }), aside), content);
}

/** A table with a head of column names; `numeric` names columns that are set to the right. */
export function table(columns, caption) {
  const body = h('tbody');
  const element = h('div',
    { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', null, h('thead', null, h('tr', null, columns.map(({ text, numeric }) =>
      h('th', { scope: 'col', class: numeric ? 'numeric' : '', text })))), body));
  return { element, body };
}

/** Repeats while the view is open and the page is looked at; gives the function that ends it. */
export function repeat(milliseconds, action) {
  let timer = null;
  let isClosed = false;
  const run = async () => {
    if (!document.hidden) await action();
    if (!isClosed) timer = setTimeout(run, milliseconds);
  };
  run();
  return () => {
    isClosed = true;
    clearTimeout(timer);
  };
}
