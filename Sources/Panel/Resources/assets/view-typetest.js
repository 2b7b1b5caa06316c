// The type test: a bench beside the running meter carries out a standard on meters of its own,
// and its points drop into the funnel of limits.
import { h, s, mark, say } from './dom.js';
import { address, ask, post } from './api.js';
import { card, table } from './parts.js';
import { createFunnel, currentTicks, pointLegend } from './funnel.js';
import { createPhasors, phaseLegend } from './phasors.js';
import { hasWord, number, signed, t } from './words.js';

/** Rows of the table; older points are in the report. */
const ROWS = 80;

function choice(label, options, action) {
  const select = h('select', { 'aria-label': label, on: { change: () => action?.(select.value) } });
  const fill = (values, current) => {
    select.replaceChildren(...values.map(([value, text]) =>
      h('option', { value, text, selected: value === current })));
  };
  fill(options);
  return { select, fill,
    element: h('label', { class: 'pair' }, h('span', { text: label }), select) };
}

function figure(label, low, high, value) {
  const input = h('input', { type: 'number', min: low, max: high, step: 1, value,
    'aria-label': label });
  return { input, element: h('label', { class: 'pair count' }, h('span', { text: label }), input) };
}

/** The choices and the two buttons. */
function orderForm(start) {
  const note = h('p', { class: 'muted' });
  const meterClass = choice(t('typetest.class'), []);
  let known = [];
  const standard = choice(t('typetest.standard'), [], (id) => choose(id));
  const variant = choice(t('typetest.variant'), []);
  const meters = figure(t('typetest.meters'), 1, 30, 1);
  const seed = figure(t('typetest.seed'), 0, 2147483647, 1);
  const go = h('button', { type: 'button', class: 'primary', text: t('typetest.start'),
    disabled: true, on: { click: () => start({ standard: standard.select.value,
      class: meterClass.select.value, variant: variant.select.value,
      meters: Number(meters.input.value), seed: Number(seed.input.value) }) } });
  const stop = h('button', { type: 'button', text: t('typetest.cancel'), disabled: true,
    on: { click: () => post('/typetest/command', { action: 'cancel' }) } });
  const choose = (id) => {
    const one = known.find((each) => each.id === id);
    if (!one) return;
    meterClass.fill(one.classes.map((name) => [name, name]), one.usual_class);
    say(note, one.note);
  };
  ask('/typetest/choices').then((choices) => {
    if (!choices) return;
    known = choices.standards;
    standard.fill(known.map((one) => [one.id, one.title]), choices.usual);
    variant.fill(choices.variants.map((one) => [one, one.replace(/^KVD-/, '')]));
    mark(meters.input, 'max', choices.most_meters);
    choose(choices.usual);
    go.disabled = false;
  });
  return {
    element: [h('div', { class: 'deeds' }, standard.element, meterClass.element, variant.element,
      meters.element, seed.element, go, stop), note],
    update(isRunning) {
      go.disabled = isRunning || known.length === 0;
      stop.disabled = !isRunning;
    },
  };
}

/** What the source plays, as phasors and in words. */
function sourcePicture() {
  const phasors = createPhasors({ title: t('typetest.source') });
  const words = h('p', { class: 'muted' });
  return {
    element: [phasors.element, words],
    update(source) {
      if (!source) return;
      phasors.update(source.phases);
      const wave = `typetest.wave.${source.waveform}`;
      say(words, t('typetest.playing', { point: source.point, meter: source.meter,
        wave: hasWord(wave) ? t(wave) : source.waveform, f: number(source.frequency * 100, 0),
        c: number(source.temperature_C, 0) }));
    },
  };
}

/** The funnel of one run; points fall into it from above. */
function runFunnel(treads) {
  const steps = treads.map((one) => ({ from: one.from_A, to: one.to_A, limit: one.limit_percent }));
  const most = Math.max(1, ...steps.map((one) => one.limit));
  const reach = Math.ceil(most * 1.2 * 2) / 2;
  const low = steps.length ? steps[0].from * 0.7 : 0.02;
  const high = steps.length ? steps.at(-1).to * 1.3 : 120;
  const funnel = createFunnel({ treads: steps, reach, low, high, ticks: currentTicks(low, high),
    title: t('typetest.funnel') });
  let count = 0;
  return {
    element: funnel.picture,
    add(point) {
      const cls = point.verdict === 'failed' ? 'failed' : point.balanced ? 'now' : '';
      const px = funnel.x(point.current_A);
      const dot = s('g', { class: 'drop' },
        s('path', { class: `range ${cls}`,
          d: `M${px} ${funnel.y(point.lowest)}V${funnel.y(point.highest)}` }),
        s('circle', { class: cls, cx: px, cy: funnel.y(point.mean), r: 4.5 },
          s('title', { text: `${point.title}: ${signed(point.mean, 4)} %` })));
      funnel.points.append(dot);
      count += 1;
      mark(funnel.picture, 'aria-label', t('typetest.funnel.read', { count }));
    },
  };
}

const VERDICTS = { passed: 'good', failed: 'bad' };

function pointRow(point) {
  const decimals = point.unit === '%' ? 4 : point.unit === '%/K' ? 5 : 2;
  const value = (key) => h('td', { class: 'numeric', text: signed(point[key], decimals) });
  return h('tr', { class: point.verdict === 'failed' ? 'grave' : '' },
    h('th', { scope: 'row', text: point.title }),
    h('td', { class: 'numeric', text: point.limit }),
    point.mean === null ? h('td', { colspan: 3, text: point.reason ?? '' })
      : [value('mean'), value('lowest'), value('highest')],
    h('td', { class: VERDICTS[point.verdict] ?? 'muted',
      text: t(`typetest.verdict.${point.verdict.replace(' ', '')}`) }));
}

/** Links to the newest report. */
function reportLinks() {
  const verdict = h('p', { class: 'verdict' });
  const links = h('p', { class: 'data-links' },
    h('a', { href: address('/typetest/report.html'), target: '_blank', rel: 'noopener',
      text: t('typetest.report.open') }),
    h('a', { href: address('/typetest/report.html'), download: 'typetest.html', text: 'HTML' }),
    h('a', { href: address('/typetest/report.json'), download: 'typetest.json', text: 'JSON' }));
  const element = card(t('typetest.report'), null, verdict, links);
  element.hidden = true;
  return {
    element,
    update(report) {
      element.hidden = !report;
      if (!report) return;
      verdict.className = `verdict ${report.passed ? 'good' : 'bad'}`;
      say(verdict, t(report.passed ? 'typetest.report.passed' : 'typetest.report.failed', {
        standard: report.standard, class: report.class, meters: report.meters,
        seconds: number(report.elapsed_s, 1) }));
    },
  };
}

/** The view of the type test. */
export function typetestView() {
  const form = orderForm((order) => post('/typetest/command', { action: 'start', ...order }));
  const progress = h('progress', { max: 1, value: 0, 'aria-label': t('typetest.progress') });
  const words = h('p', { class: 'muted' });
  const source = sourcePicture();
  const figures = table([{ text: t('typetest.point') }, { text: t('typetest.limit'), numeric: true },
    { text: t('typetest.mean'), numeric: true }, { text: t('typetest.lowest'), numeric: true },
    { text: t('typetest.highest'), numeric: true }, { text: t('typetest.verdict') }],
  t('typetest.points'));
  const report = reportLinks();
  const place = h('div');
  let funnel = null;
  let [run, next, busy, seen] = [-1, 0, false, ''];

  function begin(status) {
    run = status.run;
    next = 0;
    funnel = runFunnel(status.treads);
    place.replaceChildren(funnel.element);
    figures.body.replaceChildren();
  }

  function show(status) {
    for (const point of status.points) {
      if (point.funnel && point.mean !== null) funnel.add(point);
      figures.body.prepend(pointRow(point));
    }
    while (figures.body.children.length > ROWS) figures.body.lastChild.remove();
    next = status.next;
    mark(progress, 'max', Math.max(1, status.steps));
    progress.value = status.done;
    form.update(status.phase === 'running');
    source.update(status.source);
    report.update(status.report);
    say(words, t(`typetest.phase.${status.phase}`, { done: status.done, steps: status.steps,
      points: status.next, planned: status.planned, failed: status.failed,
      rest: status.remaining_s === null ? '–' : number(status.remaining_s, 0),
      message: status.message ?? '' }));
    document.body.dataset.typetest = status.phase;
  }

  /** Asks for what is new; one question at a time. */
  async function fetchNew() {
    if (busy) return;
    busy = true;
    let status = await ask(`/typetest?since=${run < 0 ? 0 : next}`);
    if (status && status.run !== run) {
      begin(status);
      if (status.points.length < status.next) status = await ask('/typetest?since=0');
    }
    busy = false;
    if (status) show(status);
  }
  fetchNew();

  return {
    element: h('div', { class: 'view' },
      card(t('nav.typetest'), null, h('p', { class: 'muted', text: t('typetest.about') }),
        form.element, progress, words),
      report.element,
      h('div', { class: 'test-row' },
        card(t('typetest.funnel'), pointLegend([['now', t('typetest.balanced')],
          ['', t('typetest.onePhase')], ['failed', t('typetest.verdict.failed')]]), place),
        card(t('typetest.source'), phaseLegend(), source.element)),
      card(t('typetest.points'), null, h('div', { class: 'tests' }, figures.element))),
    // The stream of states says when there is something to ask for.
    update({ typetest }) {
      const text = JSON.stringify(typetest ?? null);
      if (text === seen) return;
      seen = text;
      fetchNew();
    },
  };
}
