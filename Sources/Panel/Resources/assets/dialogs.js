// Questions before something is done, notices, and the line that shows refusals.
import { h, say } from './dom.js';
import { t } from './words.js';

function show(title, text, buttons) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { class: 'dialog', 'aria-label': title },
      h('h2', { text: title }), h('p', { text }),
      h('div', { class: 'row end' }, buttons.map(({ label, value, main }) =>
        h('button', { type: 'button', class: main ? 'main' : '', text: label,
          on: { click: () => dialog.close(value) } }))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks; true where the visitor says yes. */
export const confirmed = ({ title, text, yes }) => show(title, text, [
  { label: t('dialog.no'), value: 'no' }, { label: yes, value: 'yes', main: true }]);

/** Tells something that has to be read. */
export const notice = ({ title, text }) => show(title, text, [
  { label: t('dialog.close'), value: 'no', main: true }]);

let line = null;
let timer = null;

/** Shows a refusal for a while at the edge of the page; the live region speaks it. */
export function showTrouble(error) {
  if (!line) {
    line = h('div', { class: 'trouble' });
    document.body.append(line);
  }
  const text = [error.what, error.next].filter(Boolean).join(' ');
  say(line, text);
  say(document.getElementById('live'), text);
  line.classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => line.classList.remove('shown'), 6000);
}
