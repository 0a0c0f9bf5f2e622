import { readFileSync } from 'node:fs';

/** Colours and sizes of type: the viewer's own. */
const palette = readFileSync(new URL('../../simulator/viewer/palette.css', import.meta.url), 'utf8');

/** One type scale, one accent, both colour schemes, and paper. */
export const pageStyle = `${palette}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 40px 24px 72px; background: var(--paper); color: var(--ink);
  font: var(--text)/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: var(--text-huge); line-height: 1.25; margin: 0 0 4px; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: var(--text-large); margin: 44px 0 12px; }
h3 { font-size: var(--text); margin: 20px 0 6px; }
p { margin: 0 0 8px; max-width: 72ch; }
.note, figcaption, dt, th, summary .note { color: var(--quiet); font-size: var(--text-small); }
header { border-bottom: 1px solid var(--rule); padding-bottom: 20px; }
.verdict { font-weight: 600; color: var(--accent); }
.verdict.fail, .bad { color: var(--doubtful); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 16px 24px; margin: 24px 0 0; }
.figures dd { margin: 0; font-size: var(--text-huge); line-height: 1.3; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(310px, 1fr)); gap: 20px; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--rule); border-radius: var(--radius); padding: 12px; }
figure h3 { margin: 0 0 6px; }
figcaption { margin-top: 6px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--quiet); }
svg .label { fill: var(--ink); }
.grid { stroke: var(--rule); } .axis, .tick { stroke: var(--quiet); }
.line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
.line.quiet { stroke: var(--quiet); stroke-dasharray: 5 3; } .line.ideal { stroke: var(--quiet); stroke-width: 1; }
.dot { fill: var(--accent); } .dot.quiet { fill: var(--quiet); } .gap { stroke: var(--accent); opacity: .45; }
.bar { fill: var(--accent); } .mark { stroke: var(--doubtful); stroke-dasharray: 3 3; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { font-weight: 500; } tbody th { white-space: nowrap; } thead th { vertical-align: bottom; } td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
tbody th { color: var(--ink); font-size: var(--text); }
tr.wrong td { color: var(--doubtful); }
details { border-bottom: 1px solid var(--rule); padding: 10px 0; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { margin: 6px 0; padding-left: 20px; }
article { background: var(--panel); border: 1px solid var(--rule); border-radius: var(--radius); padding: 4px 16px 14px; margin: 0 0 16px; }
article svg { margin-top: 8px; }
pre { font: var(--text-small) ui-monospace, SFMono-Regular, Menlo, monospace; margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: var(--text-small) ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
@media print { :root { color-scheme: light; --ink: #000; --quiet: #444; --rule: #ccc; --paper: #fff; --panel: #fff; }
  body { max-width: none; padding: 0; font-size: 11px; } article, figure, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } }
`;
