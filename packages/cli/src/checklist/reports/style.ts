/** Of the HTML report: light and dark, and on paper with everything open. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fff, #14171a);
  --ink: light-dark(#1c2024, #e6e8ea);
  --soft: light-dark(#5b6570, #9aa4ae);
  --line: light-dark(#dde2e7, #2c3238);
  --panel: light-dark(#f6f8fa, #1b1f23);
  --pass: light-dark(#1a7f37, #4ac26b);
  --fail: light-dark(#c11c28, #ff7b72);
  --warn: light-dark(#8a5d00, #e3b341);
  --not-shown: light-dark(#5b6570, #9aa4ae);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.15rem; }
code, samp { font: .875em/1.4 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.pass { --tone: var(--pass); } .fail { --tone: var(--fail); }
.warn { --tone: var(--warn); } .not-shown { --tone: var(--not-shown); }
.verdict {
  margin: 1.25rem 0; padding: .9rem 1.2rem; border-left: .4rem solid var(--tone); border-radius: .3rem;
  background: color-mix(in srgb, var(--tone) 10%, var(--paper));
}
.verdict p { margin: 0; color: var(--tone); font-size: 1.25rem; font-weight: 650; }
.verdict ul { margin: 0; padding: 0 0 0 1.1rem; }
.verdict a { color: inherit; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem 1.5rem; margin: 0; }
.facts div:first-child { grid-column: 1 / -1; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.75rem; margin: 1.75rem 0 0; padding: .9rem 0 0; border-top: 1px solid var(--line); list-style: none; }
.counts b { color: var(--tone); font-size: 1.35rem; margin-right: .15rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 .5rem; }
summary { display: grid; grid-template-columns: 6rem 1fr auto; gap: .25rem 1rem; align-items: baseline; padding: .7rem 1rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary code::after { content: "\\25b8"; display: inline-block; margin-left: .6rem; color: var(--soft); }
[open] > summary code::after { transform: rotate(90deg); }
summary:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
summary code { color: var(--soft); }
.mark {
  justify-self: start; padding: .05rem .6rem; border-radius: 1rem; color: var(--tone); font-size: .8rem; font-weight: 650;
  background: color-mix(in srgb, var(--tone) 13%, var(--paper)); white-space: nowrap;
}
.title { font-weight: 600; }
.reason { display: block; color: var(--soft); font-size: .9rem; font-weight: 400; overflow-wrap: anywhere; }
details.fail { border-color: color-mix(in srgb, var(--fail) 50%, var(--line)); }
details > dl { margin: 0; padding: .25rem 1rem 1rem 8rem; }
details > dl div { margin-top: .5rem; }
q { display: block; color: var(--soft); font-style: italic; }
.wide { overflow-x: auto; padding: 0 1rem 1rem; }
table { width: 100%; border-collapse: collapse; background: var(--panel); font-size: .875rem; }
th, td { padding: .45rem .7rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; border-top: 0; }
th:last-child, td:last-child { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td:nth-child(2) { width: 45%; }
td small { display: block; color: var(--soft); overflow-wrap: anywhere; }
.wrong td:nth-child(2) b { color: var(--fail); }
.wrong td:first-child { box-shadow: inset .2rem 0 var(--fail); }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  summary { grid-template-columns: 1fr auto; } .title { grid-column: 1 / -1; grid-row: 2; }
  details > dl { padding-left: 1rem; }
  thead { display: none; }
  tr, td, td:nth-child(2) { display: block; width: auto; }
  tr { padding: .5rem .7rem; border-top: 1px solid var(--line); }
  td, td:last-child { padding: .1rem 0; border: 0; text-align: left; }
  td:last-child { color: var(--soft); } td:last-child::after { content: " ms"; }
  tr.wrong { box-shadow: inset .2rem 0 var(--fail); } .wrong td:first-child { box-shadow: none; }
}
@media print {
  :root { color-scheme: light; font-size: 9.5pt; print-color-adjust: exact; }
  body { max-width: none; padding: 0; }
  summary code::after { content: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary, tr, details > dl div { break-inside: avoid; }
  h2, summary { break-after: avoid; }
}
`
