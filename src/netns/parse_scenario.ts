/** From JSON to a scenario: everything that makes one malformed, said in one line with the JSON path. */
import {
  array,
  boolean,
  check_object,
  integer,
  is_object,
  member_path,
  members,
  name,
  text,
  type Check,
} from './check.ts';
import type { Booted } from './booted.ts';
import { check_step, makes_net, U32_MAX, type Names } from './check_steps.ts';
import type { Dialect } from './dialects/dialect.ts';
import { reference } from './dialects/reference.ts';
import type { Scenario } from './scenario.ts';
import { INIT_NET, INIT_USER_NS, NET_DEFAULTS_OPS, NET_NS_OPS } from './state.ts';

export type ParsedScenario = { ok: true; scenario: Scenario } | { ok: false; error: string };

export interface ParseOptions {
  /** Callbacks that this kernel's struct pernet_operations lacks are unknown members. Default: the reference text. */
  dialect?: Dialect;
  /** What a `boot` starts on. Without it a scenario that has a `boot` is refused: nobody has read its tree. */
  booted?: Booted;
}

interface ScenarioNames extends Names {
  /** Whether it starts on a booted kernel. */
  boots: boolean;
}

const CONFIG = members<unknown>({ 'NET_NS?': boolean, 'KEYS?': boolean });

/** Checks a JSON value. The value itself is the scenario then; it is not copied. */
export function parseScenario(value: unknown, { dialect = reference, booted }: ParseOptions = {}): ParsedScenario {
  const own = is_object(value) && value.boot !== undefined ? booted : undefined;
  const error = check_object(value, '$', scenario_members(dialect, own), names_of(value, own));
  return error === undefined ? { ok: true, scenario: value as Scenario } : { ok: false, error };
}

/** Checks the text of a scenario file; a byte order mark is passed over. */
export function parseScenarioText(source: string, options: ParseOptions = {}): ParsedScenario {
  if (source.includes('\0')) return { ok: false, error: '$: not JSON: binary data' };
  let value: unknown;
  try {
    value = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { ok: false, error: `$: not JSON: ${one_line(String(error))}` };
  }
  return parseScenario(value, options);
}

/** The parser's message may quote the source. */
function one_line(message: string): string {
  return message.replace(/^SyntaxError: /, '').replace(/[\p{C}\s]+/gu, ' ');
}

/** The members of a scenario. Steps are checked with the names in mind that the rest of it declares. */
function scenario_members(dialect: Dialect, booted: Booted | undefined): ReturnType<typeof members<ScenarioNames>> {
  const ops_members = members<ScenarioNames>({
    ...Object.fromEntries(dialect.callbacks.map((callback) => [`${callback}?`, boolean])),
    'id?': boolean,
    'size?': integer(0, U32_MAX),
  });
  const check_ops: Check<ScenarioNames> = (value, path, names) => {
    if (!is_object(value)) return `${path}: an object expected`;
    for (const [ops, declaration] of Object.entries(value)) {
      const ops_path = member_path(path, ops);
      if (ops === NET_NS_OPS || ops === NET_DEFAULTS_OPS) return `${ops_path}: is the file's own, and not declared`;
      if (booted && Object.hasOwn(booted.ops, ops))
        return `${ops_path}: is built into the booted kernel, and not declared`;
      if (ops === '') return `${ops_path}: a name expected`;
      const complaint = check_object(declaration, ops_path, ops_members, names);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };
  return members<ScenarioNames>({
    'description?': text,
    'boot?': (value, path) => name(value, path) ?? (booted ? undefined : `${path}: no kernel tree can be read here`),
    'bootConfig?': (value, path, { boots }) =>
      boots ? name(value, path) : `${path}: there is no boot that it could be of`,
    'config?': (value, path, { boots }) =>
      boots ? `${path}: is the booted kernel's own` : check_object(value, path, CONFIG, undefined),
    'ops?': check_ops,
    steps: array(check_step),
  });
}

/** What can be named, taken from a value that is not checked yet. */
function names_of(value: unknown, booted: Booted | undefined): ScenarioNames {
  const scenario = is_object(value) ? value : {};
  const steps = Array.isArray(scenario.steps) ? (scenario.steps as unknown[]) : [];
  const made = steps.filter(makes_net).map((step) => step.net as string);
  return {
    boots: scenario.boot !== undefined,
    NET_NS: booted?.config.NET_NS ?? !(is_object(scenario.config) && scenario.config.NET_NS === false),
    ops: new Set([
      NET_NS_OPS,
      NET_DEFAULTS_OPS,
      ...Object.keys(booted?.ops ?? {}),
      ...(is_object(scenario.ops) ? Object.keys(scenario.ops) : []),
    ]),
    nets: new Set([INIT_NET]),
    all_nets: new Set([INIT_NET, ...made]),
    user_namespaces: new Set([INIT_USER_NS]),
  };
}
