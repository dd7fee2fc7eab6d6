import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';
import { callbackOf } from './callbacks-of.ts';
import { asksOfData, type certainNames } from './certain.ts';
import { idOf } from './known.ts';

/** Which exit callbacks of a program use the per-net data of which other ops. */
export class ExitUses {
  private ids: Map<string, number> | undefined;

  constructor(
    private readonly program: Program,
    private readonly certain: ReturnType<typeof certainNames>,
  ) {}

  /**
   * Which exit callback of an ops comes by another one's id on each of its paths, given a namespace: one that may return
   * before may well do so when it must.
   */
  by(ops: OpsEntry, other: OpsEntry): string | null {
    const id = idOf(this.program, other);
    if (id === undefined || !hasExit(other)) return null;
    for (const { name: field } of ops.fact.fields) {
      const fn = field.startsWith('exit') ? callbackOf(this.program, ops, field) : null;
      const files = fn && this.certain.eachTime.of(fn).get(id);
      if (files && (files.has(other.file) || this.isOnlyId(id)) && !this.asksBefore(fn, id)) return `${fn.fact.name}()`;
    }
    return null;
  }

  /** Whether an exit callback of an ops may come by another one's id, as far as the words of functions tell. */
  may(ops: OpsEntry, other: OpsEntry, reach: Reach): boolean {
    const id = idOf(this.program, other);
    if (id === undefined || !hasExit(other)) return false;
    return ops.fact.fields.some(({ name: field }) => {
      const fn = field.startsWith('exit') ? callbackOf(this.program, ops, field) : null;
      return fn && reach.from(fn.file, fn.fact.name, 'calls').get(id)?.file === other.file;
    });
  }

  /** Whether a function, or one that it calls, looks into the data of an id to see whether anything is left to do. */
  private asksBefore(fn: FunctionEntry, id: string): boolean {
    const names = this.certain.eachTime.of(fn);
    const own = [
      fn,
      ...[...names].flatMap(([name, files]) =>
        [...files].flatMap((file) => this.program.resolveFunction(file, name) ?? []),
      ),
    ];
    const yields =
      (by: FunctionEntry) =>
      (name: string): boolean => {
        const callee = this.program.resolveFunction(by.file, name);
        return callee !== undefined && this.certain.always.of(callee).has(id);
      };
    return own.some((each) => asksOfData(each, id, yields(each)));
  }

  /** Whether no two ops have an id of this name: elsewhere than in its own file, it is another's then. */
  private isOnlyId(id: string): boolean {
    if (!this.ids) {
      this.ids = new Map<string, number>();
      for (const ops of this.program.allOps()) {
        const name = idOf(this.program, ops);
        if (name !== undefined) this.ids.set(name, (this.ids.get(name) ?? 0) + 1);
      }
    }
    return this.ids.get(id) === 1;
  }
}

/** Whether an ops has an exit callback that takes its state down: after pre_exit there may still be readers. */
function hasExit(ops: OpsEntry): boolean {
  return ops.fact.fields.some(({ name }) => name.startsWith('exit'));
}
