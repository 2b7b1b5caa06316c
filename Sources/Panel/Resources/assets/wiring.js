// Which conductor of the grid reaches which measuring system, for a wiring of the catalogue.

/** System n (0...2): the phase of its voltage and of its current (1...3), and its direction. */
export function systemsOf(id) {
  const systems = [1, 2, 3].map((phase) => ({ u: phase, i: phase, reversed: false }));
  const name = id ?? 'correct';
  const kinds = ['u', 'i'].filter((kind) => new RegExp(kind.toUpperCase()).test(name));
  const phases = (/(\d+)$/.exec(name)?.[1] ?? '').split('').map(Number)
    .filter((phase) => phase >= 1 && phase <= 3);
  if (name.startsWith('reverse')) {
    const which = phases.length > 0 ? phases : [1, 2, 3];
    for (const phase of which) systems[phase - 1].reversed = true;
  } else if (name.startsWith('swap') && phases.length === 2) {
    const [a, b] = phases.map((phase) => systems[phase - 1]);
    for (const kind of kinds) [a[kind], b[kind]] = [b[kind], a[kind]];
  } else if (name.startsWith('missing')) {
    for (const phase of phases) systems[phase - 1].missing = true;
  } else if (name.startsWith('rotate')) {
    const step = name.endsWith('Back') ? 2 : 1;
    for (const kind of kinds) {
      systems.forEach((system, n) => { system[kind] = (n + step) % 3 + 1; });
    }
  }
  return systems;
}
