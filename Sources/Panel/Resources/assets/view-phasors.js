// Phasors in full size, with the figures of each phase.
import { h, say } from './dom.js';
import { card, dataLinks, table } from './parts.js';
import { createPhasors, createPowerPlane, phaseLegend } from './phasors.js';
import { number, t } from './words.js';

const ROWS = [
  ['u_V', 'V', 2], ['i_A', 'A', 3], ['p_W', 'W', 1], ['q_var', 'var', 1], ['s_VA', 'VA', 1],
  ['pf', '', 4], ['u_deg', '°', 2], ['i_deg', '°', 2],
];

/** The view of phasors. */
export function phasorsView() {
  const phasors = createPhasors({ title: t('nav.phasors') });
  const plane = createPowerPlane(t('phasors.plane'));
  const figures = table([{ text: t('phasors.quantity') },
    ...[1, 2, 3].map((n) => ({ text: `L${n}`, numeric: true })),
    { text: t('phasors.total'), numeric: true }, { text: t('table.unit') }], t('phasors.figures'));
  const rows = ROWS.map(([key, unit, decimals]) => {
    const cells = Array.from({ length: 4 }, () => h('td', { class: 'numeric' }));
    figures.body.append(h('tr', null, h('th', { scope: 'row', text: t(`phasors.${key}`) }), cells,
      h('td', { text: unit })));
    return { key, decimals, cells };
  });
  const states = Array.from({ length: 4 }, () => h('td', { class: 'numeric' }));
  figures.body.append(h('tr', null, h('th', { scope: 'row', text: t('phasors.state') }), states,
    h('td')));
  const sequence = h('p', { class: 'muted' });
  const roman = ['–', 'I', 'II', 'III', 'IV'];

  return {
    element: h('div', { class: 'view' },
      card(t('nav.phasors'), h('span', { class: 'row' }, phaseLegend(),
        dataLinks('/state', ['json'])),
      h('div', { class: 'pairs' }, phasors.element, plane.element), sequence,
      h('p', { class: 'muted', text: t('phasors.scale') }), figures.element)),
    update(state) {
      phasors.update(state.phases, state.total.quadrants);
      plane.update(state.phases, state.total);
      for (const { key, decimals, cells } of rows) {
        [...state.phases, state.total].forEach((one, n) =>
          say(cells[n], key in one ? number(one[key], decimals) : ''));
      }
      state.phases.forEach((phase, n) => say(states[n],
        !phase.present ? t('phasors.absent') : phase.registering
          ? `Q${roman[phase.quadrant ?? 0]}` : t('phasors.idle')));
      say(states[3], (state.total.quadrants ?? []).map((n) => `Q${roman[n]}`).join(' '));
      const ok = state.total.sequence_ok;
      say(sequence, t(ok === false ? 'phasors.sequence.wrong' : ok ? 'phasors.sequence.right'
        : 'phasors.sequence.unknown'));
    },
  };
}
