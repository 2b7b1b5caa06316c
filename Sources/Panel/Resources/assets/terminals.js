// The terminal block with its wires: 1 to 12 as DIN 43857 counts them, 20 and 21 for S0.
import { s, mark, pressable } from './dom.js';
import { isLit, symbolBit } from './glass.js';
import { t } from './words.js';
import { systemsOf } from './wiring.js';

const TOP = 886;
const PITCH = 49;
const x = (terminal) => 118 + (terminal - 1) * PITCH;
const GROUND = 1150;

function terminal(number, cx, small) {
  const [w, r] = small ? [26, 8] : [38, 13];
  return s('g', { class: 'terminal' },
    s('rect', { x: cx - w / 2, y: TOP, width: w, height: small ? 46 : 64, rx: 5 }),
    s('circle', { class: 'screw', cx, cy: TOP + (small ? 16 : 22), r }),
    s('path', { class: 'slot', d: `M${cx - r * 0.7} ${TOP + (small ? 16 : 22)}h${r * 1.4}` }),
    s('circle', { class: 'hole', cx, cy: TOP + (small ? 36 : 50), r: small ? 5 : 8 }),
    s('text', { x: cx, y: TOP - 8, 'text-anchor': 'middle', text: number }));
}

/** A wire from the bottom of the picture up to a terminal. */
function wire(conductor, fromX, toX, kind) {
  const start = TOP + 52;
  const bend = `M${toX} ${start}C${toX} ${start + 96} ${fromX} ${start + 60} ${fromX} `
    + `${start + 150}V${GROUND}`;
  return s('g', { class: `wire ${conductor.toLowerCase()} ${kind}` },
    s('path', { class: 'edge', d: bend }), s('path', { class: 'coat', d: bend }),
    s('path', { class: 'shine', d: bend }));
}

function contact(phase) {
  const from = x(1 + 3 * phase) + 14;
  const to = x(3 + 3 * phase) - 14;
  const cy = TOP - 32;
  return s('g', { class: 'contact' },
    s('path', { class: 'lead', d: `M${from} ${cy}h26M${to} ${cy}h-22` }),
    s('circle', { cx: from + 26, cy, r: 4 }), s('circle', { cx: to - 22, cy, r: 4 }),
    s('path', { class: 'blade', d: `M${from + 26} ${cy}L${to - 22} ${cy}` }));
}

/** The block with `update(state)`; `actions.neutral(connected)` cuts and joins the neutral. */
export function createTerminals(actions) {
  const wires = s('g', { class: 'wires', 'aria-hidden': 'true' });
  const ends = s('g', { class: 'ends', 'aria-hidden': 'true' });
  const contacts = s('g', { class: 'contacts' }, [0, 1, 2].map(contact));
  const neutral = s('g', { class: 'neutral-cut' },
    s('rect', { x: x(10) - 25, y: 1058, width: 50, height: 44, rx: 12 }),
    s('path', { class: 'scissors', d: `M${x(10) - 12} 1070l24 17M${x(10) - 12} 1090l24-17` }),
    s('circle', { class: 'scissors', cx: x(10) - 15, cy: 1068, r: 4.5 }),
    s('circle', { class: 'scissors', cx: x(10) - 15, cy: 1092, r: 4.5 }));
  let isConnected = true;
  pressable(neutral, () => actions.neutral(!isConnected));
  const block = s('g', { class: 'block' },
    s('rect', { class: 'strip', x: 84, y: TOP - 52, width: 692, height: 132, rx: 12 }),
    Array.from({ length: 12 }, (_, n) => terminal(n + 1, x(n + 1))),
    terminal(20, 714, true), terminal(21, 748, true), contacts);
  const element = s('g', { class: 'terminals' }, wires, block, ends, neutral);
  let shown = '';

  function rewire(systems, connected) {
    const parts = [];
    const live = (phase) => `l${phase}`;
    systems.forEach((system, n) => {
      if (system.missing) return;
      const [supply, load] = system.reversed ? [3, 1] : [1, 3];
      // Where each phase comes up from the grid, and where it leaves for the house.
      parts.push(wire(live(system.i), x(3 * (system.i - 1) + 1), x(3 * n + supply), 'supply'));
      parts.push(wire(live(system.i), x(3 * (system.i - 1) + 3), x(3 * n + load), 'load'));
      if (system.u !== system.i || system.reversed) {
        parts.push(wire(live(system.u), x(3 * (system.u - 1) + 1), x(3 * n + 2), 'tap'));
      }
    });
    parts.push(wire('n', x(10), x(10), connected ? 'supply' : 'supply cut'));
    parts.push(wire('n', x(12), x(12), 'load'));
    wires.replaceChildren(...parts);
    const names = ['L1', 'L2', 'L3', 'N'].flatMap((name, n) => [
      s('text', { x: x(3 * n + 1), y: GROUND + 22, 'text-anchor': 'middle', text: name }),
      s('text', { x: x(3 * n + 3), y: GROUND + 22, 'text-anchor': 'middle', class: 'house',
        text: name }),
    ]);
    ends.replaceChildren(...names);
  }

  return {
    element,
    update(state) {
      const bench = state.bench ?? {};
      isConnected = bench.neutral !== false && bench.wiring !== 'lostNeutral';
      const key = `${bench.wiring}${isConnected}${t('terminal.neutral')}`;
      if (key !== shown) {
        shown = key;
        rewire(systemsOf(bench.wiring), isConnected);
        mark(neutral, 'aria-label', t('terminal.neutral'));
        mark(neutral, 'aria-pressed', !isConnected ? 'true' : 'false');
      }
      const steady = state.glass?.steady;
      const open = isLit(steady, symbolBit('switchOpen'));
      contacts.classList.toggle('open', open);
    },
  };
}
