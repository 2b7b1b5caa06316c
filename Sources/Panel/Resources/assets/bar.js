// The bar at the top: name, clock of the meter, speed, link to the meter, language, theme.
import { h, s, mark, say } from './dom.js';
import { command } from './api.js';
import { allLanguages, clockText, currentLanguage, number, recall, remember, setLanguage, t }
  from './words.js';

const SPEEDS = [0, 1, 10, 60, 600, 3600, 'max'];
const THEMES = ['system', 'light', 'dark'];

function logo() {
  return s('svg', { class: 'logo', viewBox: '0 0 40 40', 'aria-hidden': 'true' },
    s('path', { class: 'q1', d: 'M21.5 18.5V2a16.5 16.5 0 0 1 16.5 16.5z' }),
    s('path', { class: 'q2', d: 'M18.5 18.5V2A16.5 16.5 0 0 0 2 18.5z' }),
    s('path', { class: 'q3', d: 'M18.5 21.5H2A16.5 16.5 0 0 0 18.5 38z' }),
    s('path', { class: 'q4', d: 'M21.5 21.5H38A16.5 16.5 0 0 1 21.5 38z' }));
}

/** Sets light, dark or what the system says. */
export function setTheme(theme) {
  mark(document.documentElement, 'data-theme', theme === 'system' ? null : theme);
  remember('theme', theme);
}

function speedName(speed) {
  if (speed === 0) return t('speed.pause');
  return speed === 'max' ? t('speed.max') : `×${number(speed)}`;
}

function choice(label, values, name, current, action) {
  const select = h('select', { 'aria-label': label, on: {
    change: () => action(values[select.selectedIndex]) } },
    values.map((value) => h('option', { value, text: name(value), selected: value === current })));
  return select;
}

/** The bar with `update(state)` and `link(live)`. */
export function createBar({ rebuild }) {
  const theme = recall('theme') ?? 'system';
  setTheme(theme);
  const clock = h('time', { class: 'clock' });
  const dot = h('span', { class: 'dot' });
  const linkText = h('span');
  const link = h('span', { class: 'link' }, dot, linkText);
  const speeds = SPEEDS.map((speed) => h('button', { type: 'button', text: speedName(speed),
    'aria-label': t('speed.set', { speed: speedName(speed) }),
    on: { click: () => command('speed', { factor: speed }) } }));
  let isLive = document.body.dataset.live === 'true';

  function showLink() {
    link.classList.toggle('live', isLive);
    say(linkText, t(isLive ? 'link.live' : 'link.lost'));
  }
  showLink();

  return {
    element: h('header', { class: 'bar' },
      h('a', { class: 'brand', href: '#/bench' }, logo(), h('h1', { text: 'Kvadrant' })),
      h('p', { class: 'honest', text: t('meter.honest') }),
      h('div', { class: 'time' }, clock,
        h('div', { class: 'segments-row', role: 'group', 'aria-label': t('speed.label') }, speeds)),
      h('div', { class: 'row' }, link,
        choice(t('language.label'), allLanguages(), (one) => t(`language.${one}`),
          currentLanguage(), (one) => {
            remember('language', one);
            setLanguage(one);
            rebuild();
          }),
        choice(t('theme.label'), THEMES, (one) => t(`theme.${one}`), theme, setTheme))),
    update(state) {
      say(clock, clockText(state.time));
      mark(clock, 'datetime', state.time);
      SPEEDS.forEach((speed, n) =>
        mark(speeds[n], 'aria-pressed', speed === state.speed ? 'true' : 'false'));
    },
    link(live) {
      isLive = live;
      showLink();
    },
  };
}
