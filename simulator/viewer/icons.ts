const PATHS = {
  play: 'M5 3.5v11l9-5.5z',
  pause: 'M4.5 3.5h3v11h-3zM10.5 3.5h3v11h-3z',
  next: 'M4 3.5v11l7-5.5zM12 3.5h2.5v11H12z',
  previous: 'M14 3.5v11L7 9zM3.5 3.5H6v11H3.5z',
} as const;

/** A small filled picture, 18 × 18, in the colour of the text. */
export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 18 18');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon-picture');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
