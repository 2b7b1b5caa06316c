// Voltages and currents of three phases as arrows, with the quadrants shaded behind them.
import { h, s, mark } from './dom.js';
import { number, t } from './words.js';

const R = 100;
const RAD = Math.PI / 180;
/** Counter-clockwise from the right, as phasors are drawn; SVG has its y axis downwards. */
const point = (r, degrees) => [r * Math.cos(degrees * RAD), -r * Math.sin(degrees * RAD)];
const at = ([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;

function sector(r, from, to) {
  const large = Math.abs(to - from) > 180 ? 1 : 0;
  const sweep = to > from ? 0 : 1;
  return `M0 0L${at(point(r, from))}A${r} ${r} 0 ${large} ${sweep} ${at(point(r, to))}z`;
}

function arc(r, from, to) {
  return `M${at(point(r, from))}A${r} ${r} 0 0 ${to > from ? 0 : 1} ${at(point(r, to))}`;
}

function arrow(cls, tip) {
  const head = tip === 'solid' ? 'M0 0l-9-4.2v8.4z' : 'M0 0l-8-4.5 2.4 4.5-2.4 4.5z';
  const line = s('path', { class: 'shaft' });
  const end = s('path', { class: 'head', d: head });
  const name = s('text', { class: 'name' });
  const group = s('g', { class: `arrow ${cls}` }, line, end, name);
  return {
    group,
    set(length, degrees, text) {
      const isShown = length > 0.5;
      mark(group, 'visibility', isShown ? null : 'hidden');
      if (!isShown) return;
      const [x, y] = point(length, degrees);
      const [bx, by] = point(Math.max(0, length - 6), degrees);
      mark(line, 'd', `M0 0L${bx.toFixed(2)} ${by.toFixed(2)}`);
      mark(end, 'transform',
        `translate(${x.toFixed(2)} ${y.toFixed(2)}) rotate(${(-degrees).toFixed(2)})`);
      // Names of currents stand beside their arrow, since they often lie on a voltage.
      const isCurrent = cls.startsWith('i ');
      const [tx, ty] = isCurrent ? point(Math.hypot(length - 10, 9),
        degrees - Math.atan2(9, Math.max(1, length - 10)) / RAD) : point(length + 9, degrees);
      mark(name, 'x', tx.toFixed(1));
      mark(name, 'y', (ty + 3.2).toFixed(1));
      if (name.textContent !== text) name.textContent = text;
    },
  };
}

const wrap = (degrees) => ((degrees % 360) + 540) % 360 - 180;

/** The quadrants of the P-Q plane in a corner, lit as on the glass. */
function quadrantCompass() {
  const fields = [1, 2, 3, 4].map((n) => s('path', {
    class: `quadrant q${n}`, d: sector(20, (n - 1) * 90 + 5, n * 90 - 5) }));
  const element = s('g', { class: 'compass', transform: 'translate(-98 92)' }, fields,
    s('path', { class: 'cross-hair', d: 'M-24 0H24M0 -24V24' }),
    s('text', { x: 25, y: -3, text: 'P' }), s('text', { x: 3, y: -19, text: 'Q' }));
  return { element, update: (lit) => fields.forEach((one, n) =>
    one.classList.toggle('lit', lit.has(n + 1))) };
}

/** The P-Q plane with its quadrants shaded: one arrow for each phase, one for the total. */
export function createPowerPlane(title) {
  const fields = [1, 2, 3, 4].map((n) => s('path', {
    class: `quadrant q${n}`, d: sector(R + 8, (n - 1) * 90, n * 90) }));
  const names = ['I', 'II', 'III', 'IV'].map((name, n) => {
    const [x, y] = point(R - 10, 45 + n * 90);
    return s('text', { class: 'quadrant-name', x, y: y + 4, text: `Q${name}` });
  });
  const arrows = [1, 2, 3].map((n) => arrow(`i p${n}`, 'solid'));
  const total = arrow('total', 'solid');
  const element = s('svg', { class: 'phasors', viewBox: '-126 -122 252 244', role: 'img',
    'aria-label': title }, fields, names,
  s('path', { class: 'cross-hair', d: 'M-116 0H116M0 -112V112' }),
  s('text', { class: 'axis-name', x: 112, y: -5, text: '+P' }),
  s('text', { class: 'axis-name', x: 12, y: -106, text: '+Q' }),
  arrows.map((one) => one.group), total.group);
  return {
    element,
    update(phases, sum) {
      const most = Math.max(1, Math.hypot(sum.p_W, sum.q_var),
        ...phases.map((phase) => Math.hypot(phase.p_W, phase.q_var)));
      const show = (one, { p_W, q_var }, text) => {
        const size = Math.hypot(p_W, q_var);
        one.set(size > 0.5 ? 8 + 84 * size / most : 0, Math.atan2(q_var, p_W) / RAD, text);
      };
      phases.forEach((phase, n) => show(arrows[n], phase, `S${n + 1}`));
      show(total, sum, 'ΣS');
      const lit = new Set(sum.quadrants ?? []);
      fields.forEach((one, n) => one.classList.toggle('lit', lit.has(n + 1)));
    },
  };
}

/** A diagram with `update(phases)`; each phase has u_V, i_A, u_deg, i_deg and quadrant. */
export function createPhasors({ title }) {
  const compass = quadrantCompass();
  const rings = [25, 50, 75, 100].map((r) => s('circle', { class: 'grid', r }));
  const spokes = Array.from({ length: 12 }, (_, n) =>
    s('path', { class: 'grid', d: `M0 0L${at(point(R + 10, n * 30))}` }));
  const arcs = [1, 2, 3].map((n) => s('path', { class: `angle p${n}` }));
  const u = [1, 2, 3].map((n) => arrow(`u p${n}`, 'solid'));
  const i = [1, 2, 3].map((n) => arrow(`i p${n}`, 'open'));
  const element = s('svg', { class: 'phasors', viewBox: '-126 -122 252 244', role: 'img' },
    rings, spokes, compass.element, arcs, u.map((one) => one.group), i.map((one) => one.group));

  return {
    element,
    update(phases, active = null) {
      if (!phases) return;
      const most = Math.max(0.5, ...phases.map((phase) => Math.abs(phase.i_A ?? 0)));
      const lit = new Set(active ?? phases.map((phase) => phase.quadrant).filter(Boolean));
      compass.update(lit);
      phases.forEach((phase, n) => {
        const [ud, id] = [phase.u_deg ?? 0, phase.i_deg ?? 0];
        const present = (phase.u_V ?? 0) > 5;
        // Currents on a root scale: a lamp beside a car is still an arrow.
        const reach = phase.i_A > 0.005 ? 18 + 66 * Math.sqrt(phase.i_A / most) : 0;
        u[n].set(present ? Math.min(112, phase.u_V / 230 * 100) : 0, ud, `U${n + 1}`);
        i[n].set(reach, id, `I${n + 1}`);
        const turn = wrap(id - ud);
        const shown = present && reach > 0 && Math.abs(turn) > 1;
        mark(arcs[n], 'd', shown ? arc(30 + n * 7, ud, ud + turn) : null);
      });
      mark(element, 'aria-label', `${title}: ` + phases.map((phase, n) =>
        t('phasors.read', { n: n + 1, u: number(phase.u_V, 1), ud: number(phase.u_deg, 1),
          i: number(phase.i_A, 2), id: number(phase.i_deg, 1) })).join('; '));
    },
  };
}

/** The three phases by colour and dash, never by colour alone. */
export function phaseLegend() {
  return h('ul', { class: 'legend' }, [1, 2, 3].map((n) => h('li', null,
    s('svg', { class: `swatch p${n}`, viewBox: '0 0 26 8', 'aria-hidden': 'true' },
      s('path', { d: 'M1 4h24' })), `L${n}`)));
}
