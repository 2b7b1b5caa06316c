// What happened to the meter, newest first.
import { h, say } from './dom.js';
import { ask } from './api.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { clockText, hasWord, t } from './words.js';

const LIMIT = 200;

/** Events of a kind that a person has to know about. */
const GRAVE = /seal|memory|magnet|reverse|legalCode|calibration/i;

/** The view of events. */
export function eventsView(context) {
  const list = table([{ text: t('events.number'), numeric: true }, { text: t('events.time') },
    { text: t('events.code'), numeric: true }, { text: t('events.what') },
    { text: t('events.parameter') }], t('nav.events'));
  const note = h('p', { class: 'muted' });
  let newest = null;

  function row(event) {
    const key = `event.${event.name}`;
    return h('tr', { class: GRAVE.test(event.name) ? 'grave' : '' },
      h('td', { class: 'numeric', text: event.n }), h('td', { text: clockText(event.time) }),
      h('td', { class: 'numeric', text: event.code }),
      h('td', { text: hasWord(key) ? t(key) : event.name }),
      h('td', { text: event.parameter ?? '' }));
  }
  async function load() {
    const answer = await ask(`/events?limit=${LIMIT}`);
    if (!answer) return;
    list.body.replaceChildren(...answer.map(row));
    say(note, answer.length === 0 ? t('events.none') : '');
  }
  const close = repeat(1000, async () => {
    const count = context.state?.events_newest;
    if (count !== undefined && count === newest) return;
    newest = count;
    await load();
  });
  return {
    element: h('div', { class: 'view' }, card(t('nav.events'), dataLinks(`/events?limit=${LIMIT}`),
      h('p', { class: 'muted', text: t('events.about') }), list.element, note)),
    close,
  };
}
