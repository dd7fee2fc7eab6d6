import type { History } from '../lifecycle/index.ts';
import type { FunctionEntry, OpsEntry } from '../program/index.ts';
import page from './init-section.md';
import { callEventOf, registrationsOf, spotOf, type Registration } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

/**
 * Sections that go away: `__init` and `__initdata` when init has run, `__exit` at once in built-in code. With
 * CONFIG_NET_NS off `__net_init` is `__init` and `__net_initdata` is `__initdata`; `__net_exit` is `__ref`, which stays
 * (include/linux/init.h, include/net/net_namespace.h).
 */
const initData = new Set(['__initdata', '__initconst', '__net_initdata', '__net_initconst']);

export const initSection: Rule = {
  id: 'pernet/init-section',
  severity: 'error',
  invariant: 'What can be called or read after boot is not in an init section.',
  page,
  check(history) {
    const registrations = registrationsOf(history).filter(({ step }) => step.ok && step.call.startsWith('register'));
    return [
      ...registrations.flatMap((registration) => dataProblem(history, registration)),
      ...callbackProblems(history),
      ...moduleProblems(history),
    ];
  },
};

/** An ops in an init section that something reads after init: its module, or whoever unregisters it. */
function dataProblem(history: History, { ops, step, index }: Registration): Problem[] {
  const attribute = ops.fact.attributes.find((each) => initData.has(each));
  if (attribute === undefined) return [];
  const undone = registrationsOf(history).find(
    (other) => other.index > index && other.ops.id === ops.id && other.phase === 'unload',
  );
  const isNet = attribute.startsWith('__net');
  // With CONFIG_NET_NS off nothing is kept in pernet_list: only who unregisters it looks at it again.
  if (!undone && isNet) return [];
  return [
    {
      spot: { file: ops.file, at: ops.fact.at },
      fn: null,
      ops,
      message:
        `${ops.fact.name} is ${attribute}${isNet ? ', which is an init section with CONFIG_NET_NS off' : ''}, but ` +
        `${undone ? `${undone.step.place.fn}() unregisters it` : 'it stays in pernet_list'} after init's memory is gone`,
      failing: undone?.index ?? index,
      related: [
        { ...spotOf(step), message: 'registered here' },
        ...(undone ? [{ ...spotOf(undone.step), message: 'and read here' }] : []),
      ],
      key: `${ops.id}|data`,
    },
  ];
}

/** Callbacks whose text is gone when they are called. */
function callbackProblems(history: History): Problem[] {
  const { of } = history.path;
  if (!of || history.fate !== 'net-gone') return [];
  const { ops, phases } = of;
  const callbacks = [
    ...(history.init ? [{ callback: 'init', fn: history.init }] : []),
    ...phases.map(({ callback, fn }) => ({ callback, fn })),
  ];
  return callbacks.flatMap(({ callback, fn }) => {
    const why = fn.fact.attributes.map((each) => goneBecause(each, callback, history)).find((each) => each !== null);
    if (why === undefined) return helperProblem(history, callback, fn);
    return [
      {
        spot: { file: fn.file, at: fn.fact.at },
        fn: fn.fact.name,
        ops,
        message: `${fn.fact.name}() is ${ops.fact.name}.${callback} but ${why}`,
        failing: callEventOf(history, callback),
        related: [{ file: ops.file, at: ops.fact.at, message: `${ops.fact.name} names it` }],
        key: `${ops.id}|${fn.id}`,
      },
    ];
  });
}

/** A helper of a callback whose text is gone when the callback calls it. */
function helperProblem(history: History, callback: string, fn: FunctionEntry): Problem[] {
  const ops = history.path.of?.ops ?? null;
  const failing = callEventOf(history, callback);
  return sections.flatMap((section) => {
    const why =
      section === '__init' ? "it is called for namespaces that are made or die after init's memory is gone" : discarded;
    const to = `${ops?.fact.name ?? ''}.${callback}`;
    return calledProblem(history, { ops, fn, section, failing, comes: `${to} comes to it by ${fn.fact.name}()`, why });
  });
}

const sections = ['__init', '__exit'] as const;
const discarded = 'in built-in code its text is discarded';

/** Functions that a module's init or exit calls whose text is gone then, and an exit that is gone itself. */
function moduleProblems(history: History): Problem[] {
  const { init, exit, path, events, fate } = history;
  if (path.of) return [];
  const starts = events.findIndex(({ phase }) => phase === 'load');
  const atInit = { ops: null, section: '__exit', failing: starts, why: discarded } as const;
  const loading = init
    ? calledProblem(history, { ...atInit, fn: init, comes: `${init.fact.name}() comes to it when it is loaded` })
    : [];
  if (fate !== 'unloaded' || !exit || !history.module.unloadable) return loading;
  const failing = events.findIndex(({ phase }) => phase === 'unload');
  const why = "init's memory is gone by then";
  const when = 'when the module is unloaded';
  if (exit.fact.attributes.includes('__init'))
    return [
      ...loading,
      {
        spot: { file: exit.file, at: exit.fact.at },
        fn: exit.fact.name,
        ops: null,
        message: `${exit.fact.name}() is __init, but runs ${when}: ${why}`,
        failing,
        related: [],
        key: exit.id,
      },
    ];
  const comes = `${exit.fact.name}() comes to it ${when}`;
  return [...loading, ...calledProblem(history, { ops: null, fn: exit, section: '__init', failing, comes, why })];
}

/** A function in a section that goes away, and that another one comes to. */
function calledProblem(
  history: History,
  of: {
    readonly ops: OpsEntry | null;
    readonly fn: FunctionEntry;
    readonly section: (typeof sections)[number];
    readonly comes: string;
    readonly why: string;
    readonly failing: number;
  },
): Problem[] {
  const { ops, fn, section, failing } = of;
  const helper = history.state.sectionCalled(fn.file, fn.fact.name, section);
  if (!helper) return [];
  return [
    {
      spot: { file: helper.file, at: helper.at },
      fn: helper.name,
      ops,
      message: `${helper.name}() is ${section}, but ${of.comes}: ${of.why}`,
      failing,
      related: [{ file: fn.file, at: fn.fact.at, message: `${fn.fact.name}() calls it, or what it calls does` }],
      key: `${helper.file}|${helper.name}`,
    },
  ];
}

/** Why a callback with an attribute is called when its text is gone; null where it is not. */
function goneBecause(attribute: string, callback: string, { module }: History): string | null {
  if (attribute === '__init')
    return `__init: it is called for namespaces that are made or die after init's memory is gone`;
  if (attribute === '__exit') return `__exit: in built-in code its text is discarded, and namespaces come and go`;
  if (attribute === '__net_init' && callback !== 'init' && module.unloadable)
    return "__net_init, which is __init with CONFIG_NET_NS off: unregistering calls it after init's memory is gone";
  return null;
}
