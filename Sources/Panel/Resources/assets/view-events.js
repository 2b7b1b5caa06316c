// What happened to the meter, newest first; the alarms that stand; the quality of the supply.
import { h, say } from './dom.js';
import { ask } from './api.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { clockText, hasWord, t } from './words.js';

const LIMIT = 200;
const LOGS = ['status', 'clock', 'voltage', 'supplySwitch', 'profile', 'neutral', 'configuration',
  'legal'];

/** Events of a kind that a person has to know about. */
const GRAVE = /seal|memory|magnet|reverse|legalCode|calibration|dropoutBegan|eventsLost/i;

/** The name of an event or alarm in the reader's language, where there is one. */
function word(key, name) {
  return hasWord(key) ? t(key) : name;
}

/** The running week of the supply. */
function qualityCard() {
  const list = table([{ text: t('quality.phase') },
    { text: t('quality.within10'), numeric: true }, { text: t('quality.within15'), numeric: true },
    { text: t('quality.range'), numeric: true }], t('quality.title'));
  const note = h('p', { class: 'muted' });
  async function load() {
    const week = await ask('/voltage-quality');
    if (!week?.phases) return;
    const share = (value) => (value === null ? '–' : `${value} %`);
    list.body.replaceChildren(...week.phases.map((phase) => h('tr', null,
      h('td', { text: `L${phase.phase}` }),
      h('td', { class: 'numeric', text: share(phase.within_10_percent) }),
      h('td', { class: 'numeric', text: share(phase.within_10_15_percent) }),
      h('td', { class: 'numeric',
        text: phase.lowest_V === null ? '–' : `${phase.lowest_V} – ${phase.highest_V}` }))));
    say(note, t('quality.counts', { intervals: week.intervals, flagged: week.flagged,
      short: week.interruptions.short, long: week.interruptions.long }));
  }
  const element = card(t('quality.title'), dataLinks('/voltage-quality', ['json']),
    h('p', { class: 'muted', text: t('quality.about') }), list.element, note);
  return { element, load };
}

/** The view of events. */
export function eventsView(context) {
  const list = table([{ text: t('events.log') }, { text: t('events.number'), numeric: true },
    { text: t('events.time') }, { text: t('events.code'), numeric: true },
    { text: t('events.what') }, { text: t('events.parameter') }], t('nav.events'));
  const note = h('p', { class: 'muted' });
  const alarms = h('p', { class: 'muted', role: 'status' });
  const choice = h('select', { 'aria-label': t('events.log') },
    ['', ...LOGS].map((log) => h('option', { value: log, text: t(`events.log.${log || 'all'}`) })));
  const quality = qualityCard();
  let newest = null;

  function row(event) {
    return h('tr', { class: GRAVE.test(event.name) ? 'grave' : '' },
      h('td', { text: word(`events.log.${event.log}`, event.log) }),
      h('td', { class: 'numeric', text: event.n }), h('td', { text: clockText(event.time) }),
      h('td', { class: 'numeric', text: event.code }),
      h('td', { text: word(`event.${event.name}`, event.name) }),
      h('td', { text: event.parameter ?? '' }));
  }
  async function load() {
    const filter = choice.value ? `&log=${choice.value}` : '';
    const answer = await ask(`/events?limit=${LIMIT}${filter}`);
    if (!answer) return;
    list.body.replaceChildren(...answer.map(row));
    say(note, answer.length === 0 ? t('events.none') : '');
    const standing = (await ask('/alarms'))?.alarms ?? [];
    say(alarms, standing.length === 0 ? t('events.alarms.none')
      : `${t('events.alarms')}: ${standing.map((one) => word(`alarm.${one}`, one)).join(', ')}`);
  }
  choice.addEventListener('change', load);
  const close = repeat(1000, async () => {
    const count = context.state?.events_newest;
    if (count !== undefined && count === newest) return;
    newest = count;
    await load();
  });
  const closeQuality = repeat(10000, quality.load);
  return {
    element: h('div', { class: 'view' },
      card(t('nav.events'), dataLinks(`/events?limit=${LIMIT}`),
        h('p', { class: 'muted', text: t('events.about') }), choice, alarms, list.element, note),
      quality.element),
    close: () => {
      close();
      closeQuality();
    },
  };
}
