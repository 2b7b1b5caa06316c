// The frame of the page: meter at the left, one view at the right, chosen by the address after #.
import { h, mark, say } from './dom.js';
import { openStream } from './stream.js';
import { ask, command, onTrouble } from './api.js';
import { createMeter } from './meter.js';
import { createBar } from './bar.js';
import { showTrouble } from './dialogs.js';
import { currentLanguage, loadWords, setOffset, t } from './words.js';
import { benchView } from './view-bench.js';
import { wiringView } from './view-wiring.js';
import { signalsView } from './view-signals.js';
import { phasorsView } from './view-phasors.js';
import { registersView } from './view-registers.js';
import { accuracyView } from './view-accuracy.js';
import { typetestView } from './view-typetest.js';
import { historyView } from './view-history.js';
import { memoryView } from './view-memory.js';
import { eventsView } from './view-events.js';
import { supplyView } from './view-supply.js';

const views = {
  bench: benchView, wiring: wiringView, signals: signalsView, phasors: phasorsView,
  registers: registersView, accuracy: accuracyView, typetest: typetestView, history: historyView,
  memory: memoryView, events: eventsView, supply: supplyView,
};

const context = { state: null, catalogue: null, presets: null };
let meter = null;
let bar = null;
let view = null;
let links = {};
let place = null;

/** The view and its parameter in the address: `#/wiring/reverseI2`. */
function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return { name: name in views ? name : 'bench', parameter: rest.join('/') };
}

function openView() {
  const { name, parameter } = route();
  view?.close?.();
  view = views[name](context, parameter);
  place.replaceChildren(view.element);
  mark(place, 'aria-label', t(`nav.${name}`));
  for (const [key, link] of Object.entries(links)) {
    mark(link, 'aria-current', key === name ? 'page' : null);
  }
  links[name].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  document.title = `${t(`nav.${name}`)} · Kvadrant`;
  if (context.state) view.update?.(context.state);
}

function build() {
  meter = createMeter();
  bar = createBar({ rebuild: () => { build(); learn(); } });
  links = Object.fromEntries(Object.keys(views).map((name) =>
    [name, h('a', { href: `#/${name}`, text: t(`nav.${name}`) })]));
  place = h('main', { id: 'view', tabindex: -1 });
  const skip = h('a', { class: 'skip', href: '#/bench', text: t('nav.skip'), on: {
    click: (event) => { event.preventDefault(); place.focus(); } } });
  document.getElementById('app').replaceChildren(skip, bar.element,
    h('div', { class: 'frame' },
      h('section', { class: 'side', 'aria-label': t('meter.label') }, meter.element),
      h('div', { class: 'work' },
        h('nav', { 'aria-label': t('nav.label') }, Object.values(links)), place)));
  openView();
  if (context.state) update(context.state);
}

let spoken = '';
let spokenAt = -Infinity;

/** Tells screen readers what the glass shows, at most every ten seconds. */
function speak({ glass, powered }) {
  const text = powered && glass.value
    ? `${glass.id}, ${glass.value} ${glass.unit}` : t('glass.dark');
  const now = performance.now();
  if (text === spoken || now - spokenAt < 10_000) return;
  spoken = text;
  spokenAt = now;
  say(document.getElementById('live'), text);
}

function update(state) {
  context.state = state;
  setOffset(state.time);
  meter.update(state);
  bar.update(state);
  view?.update?.(state);
  speak(state);
  const { dataset } = document.body;
  dataset.events = Number(dataset.events ?? 0) + 1;
  dataset.sequence = state.sequence;
}

/** Fetches the catalogues in the language of the page; again after the language has changed. */
async function learn() {
  const language = `?lang=${currentLanguage()}`;
  [context.presets, context.catalogue] =
    await Promise.all([ask(`/presets${language}`), ask(`/wiring${language}`)]);
  view.learn?.();
}

async function start() {
  onTrouble(showTrouble);
  // The axes of charts need the meter's offset from UTC before the first state of the stream.
  const [state] = await Promise.all([ask('/state'), loadWords()]);
  setOffset(state?.time);
  build();
  addEventListener('hashchange', openView);
  openStream({
    onState: update,
    onLink: (live) => {
      document.body.dataset.live = live;
      bar.link(live);
    },
  });
  await learn();
}

addEventListener('keydown', (event) => {
  // Escape takes the magnet away, so that nobody hunts for it.
  if (event.key === 'Escape' && context.state?.bench?.magnet && !document.querySelector('dialog')) {
    command('magnet', { on: false });
  }
});

start();
