/** The style of the HTML report. Light and dark follow the reader's system. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --line: #d5d9e0; --text: #1c2128; --dim: #57606a;
  --link: #0550ae; --error: #b3140a; --warning: #8a4600; --information: #0550ae; --hint: #4d5866;
  --good: #1a6e2e; --leave: #0550ae; --hold: #8a4600; --wait: #6b5900; --wash: #fdeceb; }
@media (prefers-color-scheme: dark) { :root { --ground: #16191d; --raised: #1f2429; --line: #3a4149; --text: #e4e8ec;
  --dim: #a3acb6; --link: #79b8ff; --error: #ff8a80; --warning: #f0a860; --information: #79b8ff; --hint: #b2bcc7;
  --good: #6fce82; --leave: #79b8ff; --hold: #f0a860; --wait: #d6bd55; --wash: #3a1e1d; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
code { font: 0.9em/1.4 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.55rem; }
h2 { margin: 2.25rem 0 0.75rem; font-size: 1.2rem; }
h3 { margin: 1.75rem 0 0.5rem; font-size: 1.05rem; }
h4 { margin: 0; font-size: 1em; font-weight: normal; display: flex; flex-wrap: wrap; gap: 0.15rem 0.75rem; align-items: baseline; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.dim { color: var(--dim); font-weight: normal; }
h3 .dim { font-size: 0.85em; margin-left: 0.4em; }
.lead { margin: 0.25rem 0 0; }
.tally { display: flex; flex-wrap: wrap; gap: 0.5rem 1.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.tally b { font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.stats { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; margin: 0; }
.stats div { display: flex; gap: 0.5rem; flex-direction: row-reverse; }
.stats dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.filter { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center;
  padding: 0.6rem 0; background: var(--ground); border-bottom: 1px solid var(--line); }
.filter[hidden] { display: none; }
.filter fieldset { display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; margin: 0; padding: 0; border: 0; }
.filter input[type=search], .filter select { font: inherit; color: inherit; background: var(--raised);
  border: 1px solid var(--line); border-radius: 4px; padding: 0.25rem 0.5rem; }
.filter input[type=search] { flex: 1 1 14rem; min-width: 0; }
.filter select { max-width: 100%; }
.filter output { color: var(--dim); font-variant-numeric: tabular-nums; }
.badge { font-weight: 600; white-space: nowrap; }
.badge.error { color: var(--error); } .badge.warning { color: var(--warning); }
.badge.information { color: var(--information); } .badge.hint { color: var(--hint); }
.finding { margin: 0 0 0.9rem; padding: 0.8rem 1rem 0.9rem; background: var(--raised); border: 1px solid var(--line);
  border-left-width: 4px; border-radius: 6px; }
.finding[data-severity=error] { border-left-color: var(--error); }
.finding[data-severity=warning] { border-left-color: var(--warning); }
.finding:target { outline: 2px solid var(--link); }
.where { font-weight: 600; }
.rule { margin-left: auto; font-size: 0.9em; }
.message { margin: 0.45rem 0 0.2rem; max-width: 70rem; }
.facts { margin: 0; font-size: 0.9em; }
.self { color: inherit; font-family: ui-monospace, monospace; font-size: 0.9em; }
.way { margin: 0.5rem 0 0; padding-left: 1.6rem; font-size: 0.93em; }
.place { color: var(--dim); }
details > summary { cursor: pointer; }
.run { margin-top: 0.6rem; }
.run > summary { color: var(--link); } .run > summary .dim { color: var(--dim); }
.strip { display: flex; margin: 0.6rem 0; background: var(--ground); border: 1px solid var(--line); border-radius: 4px; }
.lanes { flex: none; padding: 0.4rem 0.6rem; border-right: 1px solid var(--line); font-size: 11px; line-height: 16px; color: var(--dim); }
.lanes span { display: block; }
.scroll { flex: 1; min-width: 0; overflow-x: auto; padding: 0.4rem 0.5rem; }
.strip svg { display: block; }
.lane { stroke: var(--line); fill: none; }
.broken { stroke: var(--error); stroke-width: 1.5; stroke-dasharray: 3 2; }
.mark { color: var(--dim); fill: var(--ground); stroke: currentcolor; stroke-width: 1.4; }
.mark .filled { fill: currentcolor; } .mark .thick { stroke-width: 2.4; }
.mark.init { color: var(--good); } .mark.exit, .mark.pre-exit, .mark.free { color: var(--leave); }
.mark.acquire, .mark.release { color: var(--hold); } .mark.point { color: var(--wait); }
.mark.failed, .mark.bad { color: var(--error); }
.steps, .steps ol { margin: 0; padding-left: 2.9rem; font-size: 0.9em; }
.steps ol { padding-left: 0; font-size: 1em; }
.steps > li, .fold li { padding: 1px 4px; }
.step::marker { color: var(--dim); font-variant-numeric: tabular-nums; }
.step .mark { margin: 0 0.45em -1px 0; }
.who { display: inline-block; min-width: 4.6em; margin-right: 0.5em; color: var(--dim); }
.fold { list-style: none; } .fold summary { color: var(--dim); }
.fails .what { color: var(--error); }
.failing { background: var(--wash); } .failing strong { color: var(--error); }
.d1 .mark { margin-left: 0.9em; } .d2 .mark { margin-left: 1.8em; } .d3 .mark { margin-left: 2.7em; }
.d4 .mark { margin-left: 3.6em; } .d5 .mark { margin-left: 4.5em; } .d6 .mark { margin-left: 5.4em; }
.d7 .mark { margin-left: 6.3em; } .d8 .mark { margin-left: 7.2em; }
.plain { padding-left: 1.2rem; } .plain li { margin: 0.2rem 0; }
.part > summary { font-size: 1.2rem; font-weight: 700; margin: 2.25rem 0 0.75rem; }
.part > summary h2 { display: inline; font-size: inherit; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9em; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--dim); font-weight: 600; } tbody th { padding-top: 0.9rem; }
td code { overflow-wrap: normal; font-size: 0.85em; } .number { text-align: right; padding-right: 0; }
tr:target { background: var(--raised); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; padding: 0; list-style: none; font-size: 0.9em; color: var(--dim); }
.legend .mark { margin-right: 0.4em; vertical-align: -1px; }
footer { margin-top: 2.5rem; padding-bottom: 2rem; font-size: 0.9em; }
[hidden] { display: none; }
@media (max-width: 40rem) { body { font-size: 14px; } .rule { margin-left: 0; } .filter { position: static; }
  .finding { padding: 0.7rem; } .steps { padding-left: 2.2rem; } .who { min-width: 0; }
  .step .mark { margin-left: 0; } .place { display: block; margin-left: 0; } }
@media print { .filter { display: none; } .finding { break-inside: avoid; } }
`;

/**
 * The filter. Without it the page is whole and readable: it takes away, and shows its own controls only where it runs.
 * It reads and writes the page's own text, sends nothing and keeps nothing.
 */
export const script = `
(function () {
  'use strict';
  var form = document.querySelector('.filter');
  if (!form) return;
  var findings = Array.prototype.slice.call(document.querySelectorAll('.finding'));
  var modules = Array.prototype.slice.call(document.querySelectorAll('.module'));
  var texts = findings.map(function (each) {
    var module = each.closest('.module').querySelector('h3').textContent;
    var said = Array.prototype.map.call(each.querySelectorAll('h4, .message, .facts, .way'), function (part) {
      return part.textContent;
    });
    return (module + ' ' + said.join(' ')).toLowerCase();
  });
  function apply() {
    var words = form.elements.text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var rule = form.elements.rule.value;
    var loud = Array.prototype.filter.call(form.querySelectorAll('[name=severity]'), function (box) {
      return box.checked;
    }).map(function (box) { return box.value; });
    var shown = 0;
    findings.forEach(function (each, index) {
      var fits = loud.indexOf(each.dataset.severity) >= 0 && (rule === '' || each.dataset.rule === rule) &&
        words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      each.hidden = !fits;
      if (fits) shown += 1;
    });
    modules.forEach(function (each) { each.hidden = !each.querySelector('.finding:not([hidden])'); });
    form.elements.count.value = shown + ' of ' + findings.length + ' shown';
  }
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var at = target.parentElement; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target.hidden) { form.reset(); apply(); }
    target.scrollIntoView();
  }
  // Where the rule is broken comes into view, also where the run is wider than the page.
  Array.prototype.forEach.call(document.querySelectorAll('.scroll[data-at]'), function (strip) {
    strip.scrollLeft = Number(strip.dataset.at) - strip.clientWidth * 0.75;
  });
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  window.addEventListener('hashchange', reveal);
  form.hidden = false;
  form.reset();
  apply();
  reveal();
})();
`;
