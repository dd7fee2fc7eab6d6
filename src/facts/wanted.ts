import type { Context } from './context.ts';
import type { FoundFunction } from './head.ts';
import type { InitcallFact, OpsFact } from './ir.ts';

/**
 * Names of functions that another file's lifecycle may call: setting things up or tearing them down is what init and
 * exit functions ask of each other. A helper under any other name is still lowered when one of this file's roots uses it.
 */
const lifecycleName =
  /init|exit|fini|start|stop|setup|cleanup|clean_up|destroy|register|create|alloc|free|release|remove|del|add|flush|purge|shutdown|teardown|get|put|new/;
const lifecycleAttribute = /^__(?:net_)?(?:init|exit)$/;

/**
 * The functions whose bodies a lifecycle can reach: those of initcalls and ops callbacks, those that other files may
 * call for their lifecycle, and all that these mention, in this file.
 */
export function functionsToLower(
  context: Context,
  found: readonly FoundFunction[],
  initcalls: readonly InitcallFact[],
  ops: readonly Pick<OpsFact, 'fields'>[],
): Set<string> {
  const byName = new Map(found.map((each) => [each.fact.name, each]));
  const queue: string[] = [...initcalls.map((call) => call.fn), ...ops.flatMap((each) => each.fields.map((field) => field.text))];
  for (const { fact, body } of found) {
    const text = (): string => context.prepared.slice(body.startIndex, body.endIndex);
    const isRoot =
      fact.attributes.some((word) => lifecycleAttribute.test(word)) ||
      (!fact.isStatic && lifecycleName.test(fact.name)) ||
      text().includes('register_pernet_');
    if (isRoot) queue.push(fact.name);
  }
  const wanted = new Set<string>();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const each = byName.get(name);
    if (!each || wanted.has(name)) continue;
    wanted.add(name);
    for (const [word] of context.prepared.slice(each.body.startIndex, each.body.endIndex).matchAll(/[A-Za-z_]\w*/g)) {
      if (byName.has(word) && !wanted.has(word)) queue.push(word);
    }
  }
  return wanted;
}
