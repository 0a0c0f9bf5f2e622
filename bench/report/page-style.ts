/** One type scale (12, 14, 17, 24 px), one accent, both colour schemes, and paper. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #17201f; --soft: #5b6665; --line: #d9dfde; --paper: #fbfcfb; --panel: #fff;
  --accent: #0b7a6f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5ebea; --soft: #98a5a3; --line: #2e3837; --paper: #111716;
  --panel: #182120; --accent: #4fc3b3; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 40px 24px 72px; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 17px; margin: 44px 0 12px; }
h3 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 0 0 8px; max-width: 72ch; }
.note, figcaption, dt, th, summary .note { color: var(--soft); font-size: 12px; }
header { border-bottom: 1px solid var(--line); padding-bottom: 20px; }
.verdict { font-weight: 600; color: var(--accent); }
.verdict.fail, .bad { color: var(--bad); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 16px 24px; margin: 24px 0 0; }
.figures dd { margin: 0; font-size: 24px; line-height: 1.3; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(310px, 1fr)); gap: 20px; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
figure h3 { margin: 0 0 6px; }
figcaption { margin-top: 6px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--soft); }
svg .label { fill: var(--ink); }
.grid { stroke: var(--line); } .axis, .tick { stroke: var(--soft); }
.line { fill: none; stroke: var(--accent); stroke-width: 1.75; stroke-linejoin: round; }
.line.quiet { stroke: var(--soft); stroke-dasharray: 5 3; } .line.ideal { stroke: var(--soft); stroke-width: 1; }
.dot { fill: var(--accent); } .dot.quiet { fill: var(--soft); } .gap { stroke: var(--accent); opacity: .45; }
.bar { fill: var(--accent); } .mark { stroke: var(--bad); stroke-dasharray: 3 3; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; } tbody th { white-space: nowrap; } thead th { vertical-align: bottom; } td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
tbody th { color: var(--ink); font-size: 14px; }
tr.wrong td { color: var(--bad); }
details { border-bottom: 1px solid var(--line); padding: 10px 0; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { margin: 6px 0; padding-left: 20px; }
article { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 4px 16px 14px; margin: 0 0 16px; }
article svg { margin-top: 8px; }
pre { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
@media print { :root { --ink: #000; --soft: #444; --line: #ccc; --paper: #fff; --panel: #fff; --accent: #0b7a6f; --bad: #b3261e; }
  body { max-width: none; padding: 0; font-size: 11px; } article, figure, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } }
`;
