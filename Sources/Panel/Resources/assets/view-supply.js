// Switch, credit, alarms, load outputs, and the lessons in cheating a meter.
import { h, mark, say } from './dom.js';
import { ask, command } from './api.js';
import { card, dataLinks, repeat, table } from './parts.js';
import { clockText, hasWord, number, t } from './words.js';

const word = (group, name) => (hasWord(`${group}.${name}`) ? t(`${group}.${name}`) : name);

/** A button that gives a command. */
const act = (key, action) => h('button', { type: 'button', text: t(key), on: { click: action } });

/** What somebody might try, and how it is undone. */
const LESSONS = [
  { key: 'magnet', on: () => command('magnet', { on: true }), off: () => command('magnet', { on: false }) },
  { key: 'meterCover', on: () => command('cover', { open: true }), off: () => command('cover', { open: false }) },
  { key: 'terminalCover', on: () => command('seal', { seal: 'terminalCover', broken: true }),
    off: () => command('seal', { seal: 'terminalCover', broken: false }) },
  { key: 'moduleRemoved', on: () => command('module', { slot: 1, present: false }),
    off: () => command('module', { slot: 1, present: true }) },
  { key: 'missingPhase', on: () => command('voltage', { phase: 3, u_V: 0 }),
    off: () => command('voltage', { phase: 3, u_V: 230 }) },
  { key: 'phaseSequence', on: () => command('wiring', { id: 'swapU12' }),
    off: () => command('wiring', { id: 'correct' }) },
];

function switchCard() {
  const state = h('strong', { class: 'figure' });
  const detail = h('p', { class: 'muted' });
  const buttons = ['open', 'release', 'close'].map((action) =>
    act(`supply.${action}`, () => command('switch', { action })));
  return {
    element: card(t('supply.switch'), dataLinks('/supply', ['json']),
      h('p', { class: 'muted', text: t('supply.never') }), state, detail,
      h('div', { class: 'row' }, buttons)),
    update(data) {
      say(state, word('state', data.state));
      mark(state, 'data-state', data.state);
      say(detail, t('supply.detail', {
        code: data.code.toString(16).toUpperCase().padStart(2, '0'),
        contacts: data.contacts.map((one) => (one ? '━' : '╱')).join(' '),
        operations: data.operations, wear: number(data.wear / 1000, 2), fault: word('fault', data.fault) }));
      for (const button of buttons) button.disabled = data.state === 'absent';
    },
  };
}

function creditCard() {
  const credit = h('strong', { class: 'figure' });
  const stage = h('p', { class: 'muted' });
  const amount = h('input', { type: 'number', min: 0.1, max: 1000, step: 0.1, value: 5,
    'aria-label': t('supply.amount') });
  const pay = act('supply.topUp', () => command('topUp', { number: next, kWh: Number(amount.value) }));
  const on = act('supply.prepay', () => command('supply', { basis: 'prepayment' }));
  const off = act('supply.noPrepay', () => command('supply', { basis: 'none' }));
  let next = 1;
  return {
    element: card(t('supply.credit'), null, credit, stage, h('div', { class: 'row' }, amount, pay),
      h('div', { class: 'row' }, on, off)),
    update(data) {
      next = data.next_number;
      const isOn = data.basis === 'prepayment';
      say(credit, isOn && data.credit_kWh !== null ? `${number(data.credit_kWh, 3)} kWh` : '–');
      say(stage, word('stage', data.stage));
      pay.disabled = !isOn;
      on.disabled = isOn;
      off.disabled = !isOn;
    },
  };
}

function alarmCard() {
  const list = table([{ text: t('supply.alarm') }, { text: t('supply.now') }, { text: t('supply.raised') },
    { text: t('events.time') }], t('supply.alarms'));
  const done = act('supply.acknowledge', () => command('acknowledge'));
  let shown = '';
  return {
    element: card(t('supply.alarms'), null, list.element, h('div', { class: 'row' }, done)),
    update(data) {
      const text = JSON.stringify(data.alarms);
      if (text === shown) return;
      shown = text;
      list.body.replaceChildren(...data.alarms.map((one) => h('tr', { class: one.raised ? 'grave' : '' },
        h('td', { text: word('alarm', one.name) }), h('td', { text: one.active ? '●' : '' }),
        h('td', { text: one.raised ? '●' : '' }), h('td', { text: one.time ? clockText(one.time) : '' }))));
    },
  };
}

function lessonCard() {
  return card(t('supply.lessons'), null, h('p', { class: 'muted', text: t('supply.lessonsAbout') }),
    LESSONS.map(({ key, on, off }) => h('div', { class: 'row' }, h('span', { text: word('alarm', key) }),
      act('supply.try', on), act('supply.undo', off))));
}

function loadCard() {
  const outputs = [1, 2].map((n) => {
    const lamp = h('span');
    return { lamp, element: h('div', { class: 'row' }, h('span', { text: t('supply.output', { n }) }), lamp,
      act('supply.on', () => command('output', { output: n, on: true })),
      act('supply.off', () => command('output', { output: n, on: false }))) };
  });
  const inputs = h('p', { class: 'muted' });
  const follow = act('supply.follow', () =>
    command('supply', { output1: 'command', output2: 'command' }));
  return {
    element: card(t('supply.loads'), null, outputs.map((one) => one.element), h('div', { class: 'row' }, follow),
      inputs),
    update(data) {
      outputs.forEach((one, n) => say(one.lamp, data.outputs[n] ? '●' : '○'));
      say(inputs, t('supply.inputs', { a: data.inputs[0], b: data.inputs[1] }));
    },
  };
}

/** The view of the supply. */
export function supplyView() {
  const parts = [switchCard(), creditCard(), loadCard(), alarmCard()];
  const close = repeat(500, async () => {
    const data = await ask('/supply');
    if (data) for (const part of parts) part.update(data);
  });
  return {
    element: h('div', { class: 'view' }, parts.map((part) => part.element), lessonCard()),
    close,
  };
}
