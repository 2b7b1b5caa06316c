// Questions and commands to the meter over HTTP.
import { t } from './words.js';

const base = '/api/v1';
const listeners = new Set();

/** Is told every refusal, to show it. */
export function onTrouble(action) { listeners.add(action); }

function tell(error) {
  for (const action of listeners) action(error);
}

/** Asks for JSON; null where the meter does not answer or does not know the question. */
export async function ask(path, options) {
  try {
    const answer = await fetch(base + path, { cache: 'no-store', ...options });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** The address of a view's data, for links. */
export const address = (path) => base + path;

/** Posts JSON; true when it was taken. A refusal is shown with its next step. */
export async function post(path, body) {
  let answer;
  try {
    answer = await fetch(base + path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    tell({ what: t('trouble.unreachable'), next: t('trouble.waits') });
    return false;
  }
  if (answer.ok) return true;
  const told = await answer.json().catch(() => null);
  tell(told?.error ?? { what: t('trouble.refused', { status: answer.status }) });
  return false;
}

/** Gives the meter a command; true when it was taken. */
export const command = (name, values = {}) => post('/command', { command: name, ...values });
