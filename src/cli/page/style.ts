/** How a page of a run looks: on paper, on a phone, and in the colours that its reader likes. Nothing is fetched. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --card: #f6f8fa; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0;
  --good: #1a7f37; --bad: #cf222e; --waiting: #9a6700; --said: #0969da; --plain: #818b98;
  --black: #32383f; --red: #e5867e; --red-ink: #a8322a; --grid: #818b98;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --card: #161b22; --ink: #e6edf3; --faint: #9198a1; --line: #30363d;
    --good: #3fb950; --bad: #ff6a61; --waiting: #d9a12b; --said: #58a6ff; --plain: #7d8590;
    --black: #c3cad2; --red: #93433d; --red-ink: #f0968e; --grid: #7d8590;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 920px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { margin: 0; font-size: 26px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 36px 0 10px; font-size: 17px; }
.kind { margin: 0; color: var(--faint); font-size: 13px; }
.outcome { margin: 6px 0 0; font-size: 18px; font-weight: 600; }
.facts { margin: 4px 0 0; color: var(--faint); font-size: 13px; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .waiting { color: var(--waiting); } .said { color: var(--said); } .plain { color: var(--faint); }
dl { display: grid; grid-template-columns: 84px 1fr; gap: 8px 12px; margin: 22px 0 0; padding: 16px 18px;
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: inherit; }
figure { margin: 26px 0 0; }
figcaption { margin: 0 0 6px; font-weight: 600; }
figcaption span { color: var(--faint); font-weight: 400; font-size: 13px; margin-left: 10px; white-space: nowrap; }
figcaption i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
figcaption i.bound { width: 16px; height: 0; border-top: 2px dashed var(--bad); border-radius: 0; vertical-align: 4px; }
svg { --plot-background: var(--page); max-width: 100%; height: auto; overflow: visible; }
.narrow { display: none; }
ol { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 76px 26px 1fr; padding: 3px 0; overflow-wrap: anywhere; }
li.day { display: block; margin-top: 12px; color: var(--faint); font-size: 13px; }
li time { color: var(--faint); font-variant-numeric: tabular-nums; }
li b { font-weight: 700; }
li b.event { justify-self: start; align-self: start; min-width: 18px; height: 18px; margin: 2px 0 0; border-radius: 9px; text-align: center;
  font-size: 11px; line-height: 18px; color: var(--page); }
b.event.bad { background: var(--bad); } b.event.waiting { background: var(--waiting); } b.event.said { background: var(--said); }
li.detail { color: var(--faint); font-size: 13px; }
footer { margin-top: 36px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--faint); font-size: 13px; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  main { padding: 20px 14px 36px; }
  h1 { font-size: 21px; }
  dl { grid-template-columns: 1fr; gap: 2px; } dd { margin-bottom: 8px; }
  .wide { display: none; }
  .narrow { display: block; } .narrow svg { width: 100%; max-width: 560px; }
}
`;
