// The wiring lesson: make a mistake at the terminals, guess, and see what the meter makes of it.
import { h, mark, say } from './dom.js';
import { command } from './api.js';
import { card, dataLinks, table } from './parts.js';
import { createPhasors, phaseLegend } from './phasors.js';
import { number, t } from './words.js';

const KINDS = [['1-0:1.8.0', 'A+'], ['1-0:2.8.0', 'A−'], ['1-0:3.8.0', 'R+'],
  ['1-0:4.8.0', 'R−']];
const NOMINAL_V = 230;

/** Turned so that the first voltage stands where the meter's own angles have it. */
function asMeasured(phasors) {
  const first = phasors.findIndex((one) => one.u_V > 20);
  const turn = first < 0 ? 0 : -120 * first - phasors[first].u_deg;
  return phasors.map((one) =>
    ({ ...one, u_deg: one.u_deg + turn, i_deg: one.i_deg + turn }));
}

/** The power with which A+, A−, R+ and R− grow now: each phase for itself, then added. */
function measuredPowers(phases) {
  const sum = (key, sign) => phases.reduce((all, phase) => all + Math.max(0, sign * phase[key]), 0);
  return [sum('p_W', 1), sum('p_W', -1), sum('q_var', 1), sum('q_var', -1)];
}

const power = (value, n) => `${number(value)}\u00a0${n < 2 ? 'W' : 'var'}`;

function sequenceText(ok) {
  if (ok === null || ok === undefined) return '–';
  return t(ok ? 'wiring.sequence.right' : 'wiring.sequence.wrong');
}

/** The view of the lesson; the parameter is the case that is read about. */
export function wiringView(context, parameter) {
  let chosen = parameter || null;
  const list = h('div', { class: 'cases', role: 'group', 'aria-label': t('wiring.cases') });
  const title = h('h3');
  const what = h('p');
  const expected = createPhasors({ title: t('wiring.expected') });
  const measured = createPhasors({ title: t('wiring.measured') });
  const compare = table([{ text: t('table.name') }, { text: 'OBIS' },
    { text: t('wiring.expected'), numeric: true },
    { text: t('wiring.measured'), numeric: true }], t('wiring.compare'));
  const connect = h('button', { type: 'button', class: 'main', text: t('wiring.connect'),
    on: { click: connectSo } });
  const repair = h('button', { type: 'button', text: t('wiring.repair'),
    on: { click: () => command('wiring', { id: 'correct' }) } });
  const loads = h('select', { 'aria-label': t('wiring.load'), on: { change: () => show() } });
  const verdict = h('p', { class: 'verdict' });
  let buttons = [];
  let rows = [];

  const catalogue = () => context.catalogue ?? [];
  const entry = () => catalogue().find((one) => one.id === chosen) ?? catalogue()[0];
  const expectation = () => entry()?.cases[Math.max(0, loads.selectedIndex)];

  async function connectSo() {
    const one = expectation();
    await Promise.all(one.loads.map(({ i_A, phi_deg }, n) => command('load', {
      phase: n + 1, u_V: NOMINAL_V, i_A, phi_deg, thd_percent: 0, on: true })));
    await command('wiring', { id: chosen });
  }
  function choose(id) {
    chosen = id;
    history.replaceState(null, '', `#/wiring/${encodeURIComponent(id)}`);
    loads.replaceChildren();
    show();
    if (context.state) update(context.state);
  }
  function show() {
    const one = entry();
    if (!one) return;
    chosen = one.id;
    say(title, one.title);
    say(what, one.what);
    if (loads.options.length === 0) {
      loads.replaceChildren(...one.cases.map(({ load }) => h('option', { text: load })));
    }
    const { registers, sequence_ok: ok } = expectation();
    expected.update(asMeasured(expectation().phasors));
    const texts = [...KINDS.map(([obis, name], n) => [name, obis, power(registers[obis], n)]),
      [t('wiring.sequence'), '', sequenceText(ok)]];
    rows = texts.map(([name, obis, text]) => {
      const cell = h('td', { class: 'numeric' });
      return { cell, element: h('tr', null, h('th', { scope: 'row', text: name }),
        h('td', { text: obis }), h('td', { class: 'numeric', text }), cell) };
    });
    compare.body.replaceChildren(...rows.map((row) => row.element));
    for (const { id, button } of buttons) mark(button, 'aria-pressed', String(id === chosen));
  }
  function learn() {
    buttons = catalogue().map((one) => ({ id: one.id, button: h('button', { type: 'button',
      text: one.title, on: { click: () => choose(one.id) } }) }));
    list.replaceChildren(...buttons.map((one) => one.button));
    show();
    const now = buttons.find((one) => one.id === chosen)?.button;
    if (now) list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
  }
  function update(state) {
    const now = state.bench?.wiring ?? 'correct';
    for (const { id, button } of buttons) button.classList.toggle('now', id === now);
    measured.update(state.phases, state.total.quadrants);
    if (rows.length > 0) {
      measuredPowers(state.phases).forEach((value, n) => say(rows[n].cell, power(value, n)));
      say(rows[4].cell, sequenceText(state.total.sequence_ok));
    }
    const isHere = now === chosen;
    repair.disabled = now === 'correct';
    say(verdict, t(isHere ? 'wiring.here' : 'wiring.elsewhere', {
      title: catalogue().find((one) => one.id === now)?.title ?? now }));
  }
  learn();

  return {
    element: h('div', { class: 'view' },
      card(t('wiring.lesson'), dataLinks('/wiring', ['json']),
        h('p', { class: 'muted', text: t('wiring.about') }),
        h('div', { class: 'lesson' }, list, h('div', { class: 'case' }, title, what,
          h('div', { class: 'row' }, loads, connect, repair), verdict,
          h('div', { class: 'pairs' },
            h('figure', null, h('figcaption', { text: t('wiring.expected') }), expected.element),
            h('figure', null, h('figcaption', { text: t('wiring.measured') }), measured.element)),
          phaseLegend(), compare.element)))),
    learn,
    update,
  };
}
