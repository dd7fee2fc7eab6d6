import path from 'node:path';
import {
  detectDialect,
  dialectNamed,
  errnoNamed,
  type Booted,
  type Dialect,
  type OpsDeclaration,
} from '../netns/index.ts';
import type { ScenarioStep } from '../netns/index.ts';
import type { CParser } from '../syntax/index.ts';
import { bootedTree, type BootedTree, type ReadBytes } from './boot.ts';
import { openBootTree } from './boot-tree.ts';

/** What a scenario says of the kernel that it starts on: its members `boot` and `bootConfig`. */
export interface BootRequest {
  readonly boot: string;
  readonly bootConfig?: string;
  /** A dialect's name; default: the one that the tree's own net_namespace.c speaks. */
  readonly dialect?: string;
}

/** The boot that the text of a scenario asks for; undefined when it asks for none, or not in a way that can be read. */
export function bootRequestOf(text: string): Pick<BootRequest, 'boot' | 'bootConfig'> | undefined {
  // Most scenarios have none, and some have a million steps; a name can be written with escapes.
  if (!/boot|\\u/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('boot' in value)) return undefined;
  const { boot } = value;
  const bootConfig = 'bootConfig' in value ? value.bootConfig : undefined;
  const isName = (given: unknown): given is string =>
    typeof given === 'string' && given !== '' && !given.includes('\0');
  if (!isName(boot) || (bootConfig !== undefined && !isName(bootConfig))) return undefined;
  return { boot, ...(bootConfig === undefined ? {} : { bootConfig }) };
}

/** A kernel that has booted, as the model is started with it: plain data. */
export interface BootStart {
  readonly booted: Booted;
  /** The name of the dialect that it is for. */
  readonly dialect: string;
}

/**
 * Boots the kernel that a scenario names. Paths are relative to `folder`. What is wrong is said in one line with the JSON
 * path: the tree is no kernel tree, or the configuration cannot be read.
 */
export function bootStart(parser: CParser, request: BootRequest, folder: string): BootStart | { error: string } {
  const isAssumption = request.bootConfig === 'allyesconfig' || request.bootConfig === 'allmodconfig';
  const config =
    request.bootConfig === undefined || isAssumption ? request.bootConfig : path.resolve(folder, request.bootConfig);
  const tree = openBootTree(path.resolve(folder, request.boot), config);
  if ('error' in tree)
    return { error: `$.${tree.of === 'config' && config !== undefined ? 'bootConfig' : 'boot'}: ${tree.error}` };
  const dialect = dialectNamed(request.dialect ?? '') ?? dialectOf(tree.read);
  return { booted: bootedOf(bootedTree(parser, tree.read, tree.config), dialect), dialect: dialect.name };
}

function dialectOf(read: ReadBytes): Dialect {
  const text = (file: string): string => read(file)?.toString('utf8') ?? '';
  return detectDialect({
    netNamespaceH: text('include/net/net_namespace.h'),
    netNamespaceC: text('net/core/net_namespace.c'),
  });
}

/** In bytes; the model asks whether there is one, not how large it is. */
const nominalSize = 64;
/** Out of memory, where it cannot be told what a failing init returns. */
const usualErrno = -12;
const core = 'net/core/net_namespace.c';

/**
 * The calls of a boot as the steps of a scenario. An ops that has the name of an earlier one is told from it by a number:
 * `kcm_net_ops#2`.
 */
export function bootedOf(tree: BootedTree, dialect: Dialect): Booted {
  const names = new Map<string, string>();
  const ops: Record<string, OpsDeclaration> = {};
  const nameOf = (name: string, file: string): string => {
    const key = `${file}#${name}`;
    let known = names.get(key);
    if (known === undefined) {
      const before = [...names.keys()].filter((each) => each.endsWith(`#${name}`)).length;
      names.set(key, (known = before === 0 ? name : `${name}#${before + 1}`));
      ops[known] = declarationOf(tree.fieldsOf(file, name), dialect);
    }
    return known;
  };
  const steps = tree.calls.flatMap(({ call, ops: name, file, kind, failure }): ScenarioStep[] => {
    if (file === core && name === 'net_ns_ops') return [{ step: 'net_ns_init' }];
    if (file === core && name === 'net_defaults_ops')
      return dialect.net_defaults_ops ? [{ step: 'core_initcall' }] : [];
    const step: ScenarioStep = { step: `${call}_pernet_${kind}`, ops: nameOf(name, file) };
    if (failure === undefined) return [step];
    const errno = (failure === null ? undefined : errnoNamed(failure)) ?? usualErrno;
    return [{ step: 'fail_init', ops: step.ops, errno }, step];
  });
  const hasInit = steps.some(({ step }) => step === 'net_ns_init');
  return {
    config: { NET_NS: tree.option('CONFIG_NET_NS') === 'y', KEYS: tree.option('CONFIG_KEYS') === 'y' },
    ops,
    steps: hasInit ? steps : [{ step: 'net_ns_init' }, ...steps],
  };
}

function declarationOf(fields: readonly string[], dialect: Dialect): OpsDeclaration {
  const declaration: OpsDeclaration = {};
  for (const callback of dialect.callbacks) if (fields.includes(callback)) declaration[callback] = true;
  if (fields.includes('id')) declaration.id = true;
  if (fields.includes('size')) declaration.size = nominalSize;
  return declaration;
}
