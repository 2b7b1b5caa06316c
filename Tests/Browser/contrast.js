// Texts of the page whose colour stands too near to what lies behind them (WCAG 2.2, 1.4.3).
() => {
  const parse = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], under) =>
    [r, g, b].map((part, n) => part * a + under[n] * (1 - a));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      const colour = parse(backgroundColor);
      if (colour.length >= 3 && (colour[3] ?? 1) > 0) layers.push(colour);
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const bad = [];
  let count = 0;
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own && !element.matches('input:not([type=range]):not([type=checkbox])')) continue;
    if (element.closest('.meter, .quiet, .skip, .trouble, [hidden], :disabled')) continue;
    if (!element.checkVisibility() || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const isDrawn = element instanceof SVGElement;
    const ground = behind(element);
    const ink = over(parse(isDrawn ? style.fill : style.color), ground);
    const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    count += 1;
    const text = element.textContent.trim().slice(0, 24);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${element.tagName} «${text}»`);
  }
  return { count, bad };
}
