import type { Expr } from '../../facts/ir.ts';
import type { Activation, Evaluator } from './evaluator.ts';
import { keyOf, Panic, type Doubt, type Registered, type State } from './state.ts';
import { int, isError, ok, truth, zero, type Value } from './value.ts';

export interface Call {
  readonly activation: Activation;
  readonly call: Expr & { k: 'call' };
  readonly name: string;
  readonly args: readonly Value[];
  readonly state: State;
}

const known =
  /^(?:(?:un)?register_pernet_(?:subsys|device)|(?:un)?likely|READ_ONCE|rcu_dereference|ERR_CAST|ERR_PTR|PTR_ERR(?:_OR_ZERO)?|IS_ERR(?:_VALUE|_OR_NULL)?|WARN(?:_ON)?(?:_ONCE)?|BUG(?:_ON)?|panic)$/;

/** Whether a call is one of those that the model itself knows. */
export function isSpecialCall(name: string): boolean {
  return known.test(name);
}

/** What such a call does and gives. */
export function special(evaluator: Evaluator, call: Call): Value {
  const [first = ok] = call.args;
  switch (call.name) {
    case 'register_pernet_subsys':
    case 'register_pernet_device':
      return register(evaluator, call);
    case 'unregister_pernet_subsys':
    case 'unregister_pernet_device':
      return unregister(evaluator, call);
    case 'likely':
    case 'unlikely':
    case 'READ_ONCE':
    case 'rcu_dereference':
    case 'ERR_CAST':
    case 'ERR_PTR':
    case 'PTR_ERR':
    case 'WARN_ON':
    case 'WARN_ON_ONCE':
    case 'WARN':
    case 'WARN_ONCE':
      return first;
    case 'IS_ERR':
    case 'IS_ERR_VALUE':
      return first.v === 'unknown' ? ok : int(isError(first) ? 1 : 0);
    case 'IS_ERR_OR_NULL':
      return first.v === 'unknown' ? ok : int(isError(first) || (first.v === 'int' && first.n === 0) ? 1 : 0);
    case 'PTR_ERR_OR_ZERO':
      return isError(first) ? first : zero;
    case 'BUG':
    case 'panic':
      throw new Panic(`${call.activation.file}:${call.call.at[0]}`);
    default:
      if (truth(first) === true && first.v !== 'ok') throw new Panic(`${call.activation.file}:${call.call.at[0]}`);
      return ok;
  }
}

/** register_pernet_operations(): the ops' init runs for init_net; when it fails, so does the registration. */
function register({ names, code, machine }: Evaluator, { activation, call, name, args, state }: Call): Value {
  const [ops] = args;
  const place: Doubt = { file: activation.file, line: call.at[0], reason: '' };
  const file = ops?.v === 'addr' ? names.opsFile(ops.file, ops.name) : undefined;
  const fact =
    file === undefined || ops?.v !== 'addr' ? undefined : code.facts(file)?.ops.find((each) => each.name === ops.name);
  if (!fact || file === undefined) {
    const key = `${activation.file}:${call.at[0]}`;
    const reason = 'registers an ops that cannot be told from the source';
    state.doubts = new Map([...state.doubts, [key, { ...place, reason }]]);
    return ok;
  }
  const key = keyOf({ file, name: fact.name });
  const registered: Registered = {
    file,
    name: fact.name,
    at: fact.at,
    kind: name === 'register_pernet_device' ? 'device' : 'subsys',
    callerFile: activation.file,
    caller: activation.fact.name,
    call: call.at,
    hasId: fact.fields.some((field) => field.name === 'id'),
  };
  const init = fact.fields.find((field) => field.name === 'init')?.value;
  const callback = init ? (init.k === 'unary' ? init.of : init) : undefined;
  const callee = callback?.k === 'id' ? names.callee(file, callback.name) : undefined;
  if (callee) {
    const net: Value = { v: 'addr', file: '', name: 'init_net' };
    const { value } = machine.call(callee, [net], state.copy());
    if (isError(value)) {
      const failure = value.v === 'err' ? value.name : null;
      const reason = `${callee.fact.name}() fails for init_net${failure === null ? '' : ` with -${failure}`} in this configuration`;
      state.failed = new Map([...state.failed, [key, { file, line: fact.at[0], reason }]]);
      state.calls = [...state.calls, { call: 'register', ops: registered, failure }];
      return value;
    }
  }
  state.registered = [...state.registered, registered];
  state.calls = [...state.calls, { call: 'register', ops: registered }];
  return zero;
}

function unregister({ names }: Evaluator, { activation, call, args, state }: Call): Value {
  const [ops] = args;
  const file = ops?.v === 'addr' ? names.opsFile(ops.file, ops.name) : undefined;
  if (ops?.v === 'addr' && file !== undefined) {
    const key = keyOf({ file, name: ops.name });
    const known = state.registered.find((each) => keyOf(each) === key);
    if (known) {
      state.registered = state.registered.filter((each) => each !== known);
      state.calls = [...state.calls, { call: 'unregister', ops: known }];
      const reason = `${activation.fact.name}() unregisters it again (${activation.file}:${call.at[0]})`;
      state.failed = new Map([...state.failed, [key, { file, line: known.at[0], reason }]]);
    }
  }
  return ok;
}
