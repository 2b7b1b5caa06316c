// The meter on the wall: housing, glass, LED, push button, optical eye, seals, label, magnet.
import { h, s, mark, pressable, say, isStill } from './dom.js';
import { createGlass } from './glass.js';
import { createLED } from './led.js';
import { createTerminals } from './terminals.js';
import { address, command } from './api.js';
import { confirmed, notice } from './dialogs.js';
import { number, t } from './words.js';

/** From here a press is long and extra long, in seconds (docs/display.md). */
const LONG_S = 2;
const EXTRA_LONG_S = 6;
const RING = 2 * Math.PI * 43;

function gradients() {
  const stop = (offset, cls) => s('stop', { offset, class: cls });
  return s('defs', null,
    s('linearGradient', { id: 'body', x1: 0, y1: 0, x2: 0, y2: 1 },
      stop(0, 'body-1'), stop(0.5, 'body-2'), stop(1, 'body-3')),
    s('linearGradient', { id: 'lcd', x1: 0, y1: 0, x2: 0.35, y2: 1 },
      stop(0, 'lcd-1'), stop(1, 'lcd-2')),
    s('linearGradient', { id: 'glare', x1: 0, y1: 0, x2: 0.7, y2: 1 },
      stop(0, 'glare-1'), stop(0.42, 'glare-2'), stop(0.421, 'glare-3'), stop(1, 'glare-3')),
    s('radialGradient', { id: 'knob', cx: 0.4, cy: 0.32, r: 0.75 },
      stop(0, 'knob-1'), stop(1, 'knob-2')),
    s('radialGradient', { id: 'glow' }, stop(0, 'glow-1'), stop(1, 'glow-2')),
    s('linearGradient', { id: 'block', x1: 0, y1: 0, x2: 0, y2: 1 },
      stop(0, 'block-1'), stop(1, 'block-2')));
}

function housing() {
  return s('g', { class: 'housing', 'aria-hidden': 'true' },
    s('rect', { class: 'shadow', x: 66, y: 34, width: 728, height: 950, rx: 38 }),
    s('rect', { class: 'case', x: 60, y: 20, width: 740, height: 960, rx: 38 }),
    s('rect', { class: 'rim', x: 61.5, y: 21.5, width: 737, height: 957, rx: 37 }),
    s('rect', { class: 'cover', x: 78, y: 38, width: 704, height: 768, rx: 26 }),
    s('path', { class: 'joint', d: 'M60 824H800' }),
    [[104, 64], [756, 64], [104, 780], [756, 780]].map(([cx, cy]) => s('g', { class: 'rivet' },
      s('circle', { cx, cy, r: 8 }), s('path', { d: `M${cx - 5} ${cy - 3}l10 6` }))));
}

function seal(name, cx, cy, hue) {
  return s('g', { class: `seal ${hue}`, 'data-seal': name },
    s('circle', { class: 'reach', cx, cy: cy + 8, r: 34 }),
    s('path', { class: 'string', d: `M${cx - 9} ${cy - 26}c-8 10-4 22 4 24M${cx + 9} ${cy - 26}`
      + 'c8 10 4 22-4 24' }),
    s('g', { class: 'lead' },
      s('circle', { class: 'disc', cx, cy: cy + 12, r: 20 }),
      s('circle', { class: 'press', cx, cy: cy + 12, r: 14.5 }),
      s('path', { class: 'stamp', d: `M${cx + 1} ${cy + 11}v-9a9 9 0 0 1 9 9zM${cx - 1} ${cy + 11}`
        + `h-9a9 9 0 0 1 9-9zM${cx - 1} ${cy + 13}v9a9 9 0 0 1-9-9zM${cx + 1} ${cy + 13}h9a9 9 0 `
        + '0 1-9 9z' }),
      s('path', { class: 'crack', d: `M${cx - 6} ${cy - 9}l7 11-6 7 9 8-5 15` })));
}

function createSeal(name, cx, cy, hue) {
  const element = seal(name, cx, cy, hue);
  let intact = true;
  pressable(element, async () => {
    const question = intact
      ? { title: t('seal.break.title', { seal: t(`seal.${name}`) }), text: t(`seal.${name}.means`),
        yes: t('seal.break.yes') }
      : { title: t('seal.restore.title', { seal: t(`seal.${name}`) }), text: t('seal.restore.text'),
        yes: t('seal.restore.yes') };
    if (await confirmed(question)) command('seal', { seal: name, broken: intact });
  });
  return {
    element,
    update(isIntact) {
      intact = isIntact !== false;
      element.classList.toggle('broken', !intact);
      mark(element, 'aria-label', t(intact ? 'seal.intact' : 'seal.broken', {
        seal: t(`seal.${name}`) }));
    },
  };
}

/** The push button: mouse, touch and Space, held as long as the visitor holds it. */
function createButton() {
  const ring = s('circle', { class: 'ring', cx: 706, cy: 432, r: 43,
    'stroke-dasharray': RING, 'stroke-dashoffset': RING, transform: 'rotate(-90 706 432)' });
  const cap = s('circle', { class: 'cap', cx: 706, cy: 432, r: 33 });
  const element = s('g', { class: 'button', role: 'button', tabindex: 0 },
    s('circle', { class: 'well', cx: 706, cy: 432, r: 39 }),
    s('circle', { class: 'track', cx: 706, cy: 432, r: 43 }), ring,
    [LONG_S, EXTRA_LONG_S].map((at) => s('path', { class: 'tick', d: 'M706 386v-7',
      transform: `rotate(${360 * at / EXTRA_LONG_S} 706 432)` })),
    cap, s('circle', { class: 'dimple', cx: 706, cy: 432, r: 18 }));
  let since = null;
  let isDirect = true;
  let told = false;
  let speed = 1;

  function turn() {
    if (since === null) return;
    const held = (performance.now() - since) / 1000;
    ring.setAttribute('stroke-dashoffset', RING * (1 - Math.min(1, held / EXTRA_LONG_S)));
    element.classList.toggle('long', held >= LONG_S);
    if (!isDirect && !told && held >= EXTRA_LONG_S) {
      told = true;
      command('button', { action: 'extraLong' });
    }
    requestAnimationFrame(turn);
  }
  function press() {
    if (since !== null) return;
    since = performance.now();
    told = false;
    // Where meter time runs at another pace the page measures how long the button is held.
    isDirect = speed === 1;
    element.classList.add('down');
    if (isDirect) command('button', { action: 'press' });
    requestAnimationFrame(turn);
  }
  function release() {
    if (since === null) return;
    const held = (performance.now() - since) / 1000;
    since = null;
    element.classList.remove('down', 'long');
    ring.setAttribute('stroke-dashoffset', RING);
    if (isDirect) command('button', { action: 'release' });
    else if (!told) command('button', { action: held < LONG_S ? 'short' : 'long' });
  }
  element.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    press();
  });
  for (const end of ['pointerup', 'pointercancel', 'blur']) element.addEventListener(end, release);
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  const isKey = (event) => event.key === ' ' || event.key === 'Enter';
  element.addEventListener('keydown', (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  element.addEventListener('keyup', (event) => { if (isKey(event)) release(); });
  return {
    element,
    update(state) {
      speed = state.speed;
      mark(element, 'aria-label', t('button.push'));
    },
  };
}

function createEye() {
  const element = s('g', { class: 'eye' },
    s('circle', { class: 'plate', cx: 430, cy: 432, r: 46 }),
    s('circle', { class: 'well', cx: 430, cy: 432, r: 33 }),
    s('circle', { class: 'diode', cx: 419, cy: 432, r: 7.5 }),
    s('circle', { class: 'diode', cx: 441, cy: 432, r: 7.5 }),
    s('path', { class: 'guide', d: 'M430 392v-6M430 478v-6M390 432h-6M476 432h-6' }));
  pressable(element, () => notice({ title: t('eye.title'), text: t('eye.text') }));
  return element;
}

function createMagnet() {
  const element = s('g', { class: 'magnet' },
    s('g', { class: 'body' },
      s('path', { class: 'iron', d: 'M4 420h26v60a22 22 0 0 0 0 0z' }),
      s('path', { class: 'arc', d: 'M2 470v-44h22v42a14 14 0 0 0 28 0v-42h22v44a36 36 0 0 1-72 0z',
        transform: 'translate(-12 0)' }),
      s('path', { class: 'poles', d: 'M-10 426h22v16h-22zM40 426h22v16h-22z' }),
      s('path', { class: 'field', d: 'M0 416c6-30 46-30 52 0M-10 412c8-48 64-48 72 0' })));
  let isHeld = false;
  pressable(element, () => command('magnet', { on: !isHeld }));
  return {
    element,
    update(bench) {
      isHeld = bench?.magnet === true;
      element.classList.toggle('held', isHeld);
      mark(element, 'aria-label', t('magnet.label'));
      mark(element, 'aria-pressed', isHeld ? 'true' : 'false');
    },
  };
}

function labelLink() {
  return s('a', { href: address('/label.svg'), target: '_blank', class: 'plate-link' },
    s('rect', { class: 'plate-edge', x: 188, y: 496, width: 484, height: 310, rx: 12 }),
    s('image', { href: address('/label.svg'), x: 190, y: 498, width: 480, height: 307.2 }));
}

/** The picture with `update(state)`. */
export function createMeter() {
  const glass = createGlass(t('glass.dark'));
  const lamp = s('g', { class: 'led' }, s('circle', { class: 'halo', cx: 138, cy: 420, r: 36 }),
    s('circle', { class: 'lens', cx: 138, cy: 420, r: 11 }),
    s('circle', { class: 'spark', cx: 134.5, cy: 416, r: 3.2 }));
  const rate = s('text', { class: 'print small', x: 112, y: 468 });
  const constant = s('text', { class: 'print', x: 166, y: 426 });
  const led = createLED(lamp);
  const button = createButton();
  const eye = createEye();
  const magnet = createMagnet();
  const label = labelLink();
  const seals = {
    verification: createSeal('verification', 134, 620, 'gold'),
    moduleArea: createSeal('moduleArea', 726, 620, 'green'),
    terminalCover: createSeal('terminalCover', 430, 822, 'blue'),
  };
  const terminals = createTerminals({
    neutral: (connected) => command('neutral', { connected }),
  });
  const honest = s('text', { class: 'print honest', x: 736, y: 84, 'text-anchor': 'end' });
  const lcd = s('g', { class: 'lcd' },
    s('rect', { class: 'bezel', x: 92, y: 106, width: 676, height: 256, rx: 18 }),
    s('rect', { class: 'pane', x: 104, y: 118, width: 652, height: 232, rx: 8 }),
    s('svg', { x: 106, y: 121, width: 648, height: 226, viewBox: `0 0 ${glass.width} `
      + `${glass.height}` }, glass.element),
    s('rect', { class: 'glare', x: 104, y: 118, width: 652, height: 232, rx: 8 }));
  const pushText = s('text', { class: 'print small', x: 706, y: 496, 'text-anchor': 'middle' });
  const picture = s('svg', { viewBox: '36 6 816 1178', class: 'meter', role: 'group' },
    gradients(), terminals.element.querySelector('.wires'), housing(),
    s('text', { class: 'print brand', x: 124, y: 86, text: 'KVADRANT' }), honest, lcd, constant,
    rate, lamp, eye, button.element, pushText, label, terminals.element,
    Object.values(seals).map((one) => one.element), magnet.element);
  const element = h('figure', { class: 'wall' }, picture);

  function words() {
    mark(picture, 'aria-label', t('meter.label'));
    say(honest, t('meter.honest'));
    say(constant, '1000 imp/kWh');
    say(pushText, t('button.print'));
    mark(label, 'aria-label', t('meter.plate'));
    mark(eye, 'aria-label', t('eye.label'));
  }
  words();

  return {
    element,
    update(state) {
      const { id = '', value = '', unit = '', text = '' } = state.glass;
      const spoken = [id, `${value} ${unit}`.trim(), text].filter(Boolean).join(', ');
      glass.update(state.glass, spoken ? t('glass.shows', { text: spoken }) : t('glass.dark'));
      picture.classList.toggle('dead', !state.powered);
      led.update(state.led, state.speed, state.powered && state.running !== false);
      const shown = state.powered ? state.led.rate_Hz : 0;
      say(rate, t(isStill() ? 'led.rate.steady' : 'led.rate', { rate: number(shown, 2) }));
      for (const [name, one] of Object.entries(seals)) one.update(state.seals?.[name]);
      button.update(state);
      magnet.update(state.bench);
      terminals.update(state);
    },
  };
}
