/** The curve of a training run as SVG: mean loss of so many steps. */
export function curveSvg(title: string, losses: readonly number[], stepsPerPoint: number): string {
  const [width, height, left, bottom] = [640, 320, 48, 36];
  const most = Math.max(...losses, 1e-6);
  const x = (i: number) => left + ((width - left - 12) * i) / Math.max(1, losses.length - 1);
  const y = (loss: number) => 28 + (height - 28 - bottom) * (1 - loss / most);
  const points = losses.map((loss, i) => `${x(i).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * most).toFixed(1);
    return (
      `<line x1="${left}" x2="${width - 12}" y1="${at}" y2="${at}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${(share * most).toFixed(2)}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${title}: loss by step</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="16" font-size="13">${title}</text>
${ticks.join('\n')}
<polyline points="${points}" fill="none" stroke="#1f6b4a" stroke-width="1.5"/>
<text x="${width / 2}" y="${height - 10}" text-anchor="middle">step (0 to ${losses.length * stepsPerPoint}); loss on training crops</text>
</svg>
`;
}
