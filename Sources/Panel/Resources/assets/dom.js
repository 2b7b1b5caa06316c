// Elements of HTML and SVG from plain values. Styles go through the CSS object model, because the
// content security policy forbids style attributes.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
    } else if (name === 'text') {
      element.textContent = value;
    } else if (name === 'css') {
      for (const [key, part] of Object.entries(value)) element.style.setProperty(key, part);
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  for (const child of children.flat(2)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** An HTML element; `on` holds listeners, `text` its text, `css` custom properties. */
export const h = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/** Sets a text only where it differs, so that an idle page does no layout. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or removes an attribute only where it differs. */
export function mark(element, name, value) {
  const text = value === false || value === null || value === undefined ? null : String(value);
  if (text === null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== text) {
    element.setAttribute(name, text);
  }
}

/** Lets an SVG group behave like a button for mouse, touch and keyboard. */
export function pressable(group, action) {
  group.setAttribute('tabindex', '0');
  if (!group.hasAttribute('role')) group.setAttribute('role', 'button');
  group.addEventListener('click', action);
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) action(event);
  });
  return group;
}

/** Runs at most once in each interval, and once more after the last call. */
export function throttled(milliseconds, action) {
  let timer = null;
  let last = -Infinity;
  let latest = [];
  const run = () => {
    timer = null;
    last = performance.now();
    action(...latest);
  };
  return (...values) => {
    latest = values;
    if (timer !== null) return;
    timer = setTimeout(run, Math.max(0, milliseconds - (performance.now() - last)));
  };
}

/** True where the visitor asked for little motion. */
export const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
