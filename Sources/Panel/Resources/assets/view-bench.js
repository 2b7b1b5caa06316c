// The bench around the meter: what the grid gives, what the house takes, and what people do to
// meters.
import { h, s, mark, say, throttled } from './dom.js';
import { command } from './api.js';
import { card } from './parts.js';
import { createPhasors, phaseLegend } from './phasors.js';
import { createScope } from './scope.js';
import { hasWord, number, quantity, t } from './words.js';

const FIELDS = [
  { key: 'u_V', unit: 'V', low: 0, high: 280, step: 1, decimals: 0 },
  { key: 'i_A', unit: 'A', low: 0, high: 100, step: 0.1, decimals: 1 },
  { key: 'phi_deg', unit: '°', low: -180, high: 180, step: 1, decimals: 0 },
];

/** A slider with a number field; `send` is told the value, at most ten times a second. */
function dial({ label, unit, low, high, step, decimals }, send) {
  const tell = throttled(100, send);
  const slider = h('input', { type: 'range', min: low, max: high, step, 'aria-label': label });
  const field = h('input', { type: 'number', min: low, max: high, step,
    'aria-label': t('bench.field', { label, unit }) });
  let touched = -Infinity;
  const take = (from, to) => {
    const value = Number(from.value);
    if (from.value === '' || !(value >= low && value <= high)) return;
    touched = performance.now();
    to.value = value;
    paint();
    tell(value);
  };
  const paint = () => slider.style.setProperty('--part',
    `${(Number(slider.value) - low) / (high - low) * 100}%`);
  slider.addEventListener('input', () => take(slider, field));
  field.addEventListener('change', () => take(field, slider));
  return {
    element: h('div', { class: 'dial' }, slider,
      h('span', { class: 'field' }, field, h('span', { 'aria-hidden': 'true', text: unit }))),
    set(value) {
      // What the visitor is moving is not moved back by an older state.
      if (performance.now() - touched < 1200 || document.activeElement === field) return;
      const text = Number(value ?? 0).toFixed(decimals);
      if (field.value === text) return;
      field.value = text;
      slider.value = text;
      paint();
    },
  };
}

function phaseCard(n) {
  const name = `L${n}`;
  const dials = FIELDS.map((field) => {
    const label = `${name} ${t(`bench.${field.key}`)}`;
    return { field, ...dial({ ...field, label }, (value) =>
      (field.key === 'u_V' ? command('voltage', { phase: n, u_V: value })
        : command('load', { phase: n, [field.key]: value }))) };
  });
  const power = h('strong', { class: 'figure' });
  const detail = h('span', { class: 'muted' });
  const on = h('input', { type: 'checkbox', role: 'switch',
    'aria-label': `${name} ${t('bench.load')}`, on: {
    change: () => command('load', { phase: n, on: on.checked }) } });
  return {
    element: h('section', { class: `phase p${n}`, 'aria-label': name },
      h('header', null, h('h3', { text: name }), power,
        h('label', { class: 'switch' }, on, h('span', { text: t('bench.load') }))),
      detail,
      dials.map((one) => h('div', { class: 'dial-row' },
        h('span', { class: 'dial-name', text: t(`bench.${one.field.key}`) }), one.element))),
    update(load, phase) {
      for (const one of dials) one.set(load?.[one.field.key]);
      on.checked = load?.on !== false;
      say(power, quantity(phase.p_W, 'W'));
      say(detail, t('bench.measured', { u: number(phase.u_V, 1), i: number(phase.i_A, 2),
        pf: number(phase.pf, 3) }));
    },
  };
}

const ICONS = {
  emptyHouse: 'M4 12L12 5l8 7M6 11v8h12v-8',
  cooking: 'M5 11h14v6a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM3 11h18M9 7c0-2 2-2 2-4M14 7c0-2 2-2 2-4',
  heatPump: 'M4 5h16v14H4zM12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 8v8M8 12h8',
  car: 'M4 16v-4l2-5h12l2 5v4zM4 12h16M7 16v2M17 16v2',
  solarNoon: 'M12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 3v2M12 19v2M3 12h2M19 12h2M6 6l1 1'
    + 'M17 17l1 1M6 18l1-1M17 7l1-1',
  unbalanced: 'M12 4v16M5 8l14-3M5 8l-2 6h4zM19 5l-2 6h4z',
  neutralLost: 'M12 3v6M12 15v6M8 10l8 4', brownout: 'M4 8h5l3 8 3-6 2 3h3',
  dimmedLED: 'M9 18h6M10 21h4M8 14a6 6 0 1 1 8 0l-1 2H9z',
};

function presetButton(preset) {
  const icon = s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' },
    s('path', { d: ICONS[preset.id] ?? 'M5 12h14M12 5v14' }));
  const button = h('button', { type: 'button', class: 'preset', title: preset.what, on: {
    click: () => command('preset', { id: preset.id }) } }, icon, h('span', { text: preset.title }));
  return { id: preset.id, button };
}

/** A button that stays down; `read(state)` says whether it is. */
function toggle(key, read, action) {
  const text = h('span');
  const button = h('button', { type: 'button', class: 'toggle' }, text);
  let isOn = false;
  button.addEventListener('click', () => action(!isOn));
  return {
    button,
    update(state) {
      isOn = read(state);
      mark(button, 'aria-pressed', isOn ? 'true' : 'false');
      say(text, t(`${key}.${isOn ? 'on' : 'off'}`));
    },
  };
}

function deeds() {
  return [
    toggle('bench.plug', (state) => state.bench?.plug === false,
      (out) => command('plug', { in: !out })),
    toggle('bench.neutral', (state) => state.bench?.neutral === false,
      (cut) => command('neutral', { connected: !cut })),
    toggle('bench.magnet', (state) => state.bench?.magnet === true,
      (on) => command('magnet', { on })),
    toggle('bench.verify', (state) => Boolean(state.verification),
      (on) => command('verify', { register: on ? '1-0:1.8.0' : null })),
  ];
}

function selectTariff() {
  const select = h('select', { 'aria-label': t('bench.tariff'), on: {
    change: () => command('tariff', { tariff: Number(select.value) }) } },
    [1, 2, 3, 4].map((n) => h('option', { value: n, text: `T${n}` })));
  return {
    element: h('label', { class: 'pair' }, h('span', { text: t('bench.tariff') }), select),
    update(state) {
      if (document.activeElement !== select) select.value = state.tariff ?? 1;
    },
  };
}

/** Powers of the three phases and of the total, as large figures. */
function totals() {
  const figures = ['p_W', 'q_var', 's_VA', 'pf', 'f_Hz'].map((key) => {
    const value = h('strong', { class: 'figure' });
    return { key, value, element: h('div', null, h('span', { class: 'muted',
      text: t(`total.${key}`) }), value) };
  });
  const units = { p_W: 'W', q_var: 'var', s_VA: 'VA' };
  return {
    element: h('div', { class: 'totals' }, figures.map((one) => one.element)),
    update(total) {
      for (const { key, value } of figures) {
        const reading = total[key];
        say(value, units[key] ? quantity(reading, units[key])
          : key === 'f_Hz' ? `${number(reading, 2)}\u00a0Hz` : number(reading, 3));
      }
    },
  };
}

/** The view of the bench. */
export function benchView(context) {
  const presets = h('div', { class: 'presets', role: 'group', 'aria-label': t('bench.presets') });
  const phases = [1, 2, 3].map(phaseCard);
  const frequency = dial({ label: t('bench.frequency'), unit: 'Hz', low: 45, high: 65, step: 0.01,
    decimals: 2 }, (f_Hz) => command('frequency', { f_Hz }));
  const things = deeds();
  const tariff = selectTariff();
  const sum = totals();
  const source = h('p', { class: 'muted' });
  const phasors = createPhasors({ title: t('nav.phasors') });
  const scope = createScope({ height: 240 });
  let chips = [];

  function learn() {
    chips = (context.presets ?? []).map(presetButton);
    presets.replaceChildren(...chips.map((one) => one.button));
  }
  learn();

  return {
    element: h('div', { class: 'view' }, presets, sum.element,
      h('div', { class: 'phases' }, phases.map((one) => one.element)),
      h('div', { class: 'deeds card' }, things.map((one) => one.button),
        h('button', { type: 'button', text: t('bench.identify'),
          on: { click: () => command('identify') } }),
        h('button', { type: 'button', text: t('bench.displayTest'),
          on: { click: () => command('displayTest') } }),
        tariff.element, h('div', { class: 'pair wide' }, h('span', { text: t('bench.frequency') }),
          frequency.element), source),
      h('div', { class: 'pairs' },
        card(t('nav.phasors'), phaseLegend(), phasors.element),
        card(t('scope.title'), phaseLegend(), scope.element))),
    learn,
    update(state) {
      const { bench = {}, total } = state;
      phases.forEach((one, n) => one.update(bench.loads?.[n], state.phases[n]));
      frequency.set(bench.frequency_Hz);
      for (const one of things) one.update(state);
      tariff.update(state);
      sum.update(total);
      for (const { id, button } of chips) {
        mark(button, 'aria-pressed', id === bench.preset ? 'true' : 'false');
      }
      say(source, bench.source && bench.source !== 'bench'
        ? t('bench.source', { source: hasWord(`source.${bench.source}`)
          ? t(`source.${bench.source}`) : bench.source }) : '');
      phasors.update(state.phases, total.quadrants);
    },
    close() { scope.close(); },
  };
}
