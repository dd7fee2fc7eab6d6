import { Engine } from '../engine/index.ts';
import { factsOf } from '../engine/files.ts';
import { contextOf } from '../engine/context.ts';
import { diskHost } from '../engine/tree.ts';
import { loadNative } from '../syntax/index.ts';
import { Program } from '../program/index.ts';
import { Summaries } from '../lifecycle/summary.ts';
void Engine;
const [root, fnId, ...files] = process.argv.slice(2);
void (async () => {
  const parser = await loadNative();
  const host = diskHost(root!);
  const text = (f: string) => { const r = host.readText(f); return 'text' in r ? r.text : r; };
  const ctx = files.length ? { facts: files.map((f) => { const t = text(f); const r = factsOf(parser, f, t as string); if (!('facts' in r)) throw new Error(r.error); return r.facts; }) }
    : contextOf({ focus: fnId!.split('#')[0]!, indexed: null, facts: (f) => factsOf(parser, f, text(f) as string), text, listFolder: host.listFolder });
  const program = new Program(ctx.facts, () => undefined);
  const s = new Summaries(program, () => true);
  const t = performance.now();
  const r = s.of(fnId!);
  console.log('ms', performance.now() - t, 'outcomes', r?.outcomes.length, [...s.unfollowed.values()].map((u) => u.fn.id + ' ' + u.reason));
  for (const o of r?.outcomes ?? []) {
    console.log('---', o.value, 'pending', o.pending.length, 'fail', o.failures, 'end', o.end.at[0]);
    console.log('  in ', [...o.symbols.values()].filter((x) => x.input && x.mask !== 7).map((x) => x.input + ':' + x.mask).join(' '));
    console.log('  wr ', [...o.writes].map(([k, v]) => k + '=' + (v.v === 'sym' ? 's' + o.symbols.get(v.id)?.mask : v.v === 'num' ? v.text ?? v.num : v.path)).join(' '));
    if (process.env.STEPS) for (const st of o.steps) console.log('    ', st.t, st.t === 'pernet' ? st.call + ' ' + st.ops + ' ' + st.ok : st.t === 'call' ? st.name + ' ' + st.outcome : st.t === 'test' ? st.text + ' ' + st.answer : st.t === 'jump' ? st.kind + ' ' + (st.label ?? '') : st.name, st.place.at[0]);
  }
})();
