// The texts of the page, from one list with two languages, and numbers as people write them.

const languages = ['en', 'da'];
let list = {};
let language = 'en';

function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

/** Keeps a choice of the visitor; without storage it lasts as long as the page. */
export function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { /* Storage is off: nothing to keep. */ }
}

/** A choice kept by `remember`. */
export const recall = remembered;

/** Loads the word list and picks the language: chosen before, else the browser's. */
export async function loadWords() {
  const answer = await fetch('/assets/words.json');
  list = await answer.json();
  const asked = new URLSearchParams(location.search).get('lang') ?? remembered('language')
    ?? navigator.language.slice(0, 2);
  setLanguage(languages.includes(asked) ? asked : 'en');
}

export const currentLanguage = () => language;
export const allLanguages = () => languages;

export function setLanguage(to) {
  language = to;
  document.documentElement.lang = to;
}

/** The text of a key, with `{name}` replaced; the key itself where the list lacks it. */
export function t(key, values) {
  const text = list[key]?.[language] ?? list[key]?.en ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '') : text;
}

/** Whether the list has this key. */
export const hasWord = (key) => key in list;

const formats = new Map();

/** A number with so many decimals and the visitor's decimal sign; a dash for none. */
export function number(value, decimals = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const key = language + decimals;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    });
    formats.set(key, format);
  }
  // A value that rounds to nought has no sign.
  const text = format.format(value);
  return /[1-9]/.test(text) ? text.replace('-', '−') : format.format(0);
}

/** A number with its unit, with k or M before it where that reads better. */
export function quantity(value, unit, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const [scaled, prefix] = size >= 1e6 ? [value / 1e6, 'M'] : size >= 1000
    ? [value / 1000, 'k'] : [value, ''];
  const whole = Math.max(1, Math.ceil(Math.log10(Math.abs(scaled) + 1e-9)));
  return `${number(scaled, Math.max(0, digits - whole))}\u00a0${prefix}${unit}`;
}

/** A signed number: + or −, nothing for nought. */
export function signed(value, decimals) {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Seconds that the meter's local time is ahead of UTC, as its newest state has it. */
let ahead = 0;

/** Takes the offset from an ISO 8601 text such as `…+01:00`. */
export function setOffset(iso) {
  const match = /([+-])(\d\d):(\d\d)$/.exec(iso ?? '');
  ahead = match ? (match[1] === '-' ? -60 : 60) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

/** Local time of seconds since 2000-01-01T00:00:00Z, with the offset of now. */
export const instantText = (seconds) =>
  clockText(new Date((946_684_800 + seconds + ahead) * 1000).toISOString());

/** Local time of the meter as it stands in an ISO 8601 text. */
export function clockText(iso) {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(iso ?? '');
  if (!match) return '–';
  const [, year, month, day, time] = match;
  return language === 'da' ? `${day}.${month}.${year} ${time}` : `${year}-${month}-${day} ${time}`;
}
