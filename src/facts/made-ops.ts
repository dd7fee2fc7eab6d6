import type { Context } from './context.ts';
import type { At, Expr, FieldFact, OpsFact } from './ir.ts';
import { partsOf, plainValue } from './tables.ts';

/**
 * `#define FOO_OPS(n) static struct pernet_operations n##_net_ops = { … }`. Read from the text, as tables are: what such
 * a macro names is wanted before anything is parsed (`pruneBodies`), and directives are blanked in the text that is.
 * Besides, a tree has the body of a macro as raw text, and facts are handed a tree, not the parser that made it.
 */
const macro = /^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w, \t]*)\)((?:\\\r?\n|[^\n])*)$/gm;
const definition = /(\bstatic\b[^;{}=]*)?\bstruct\s+pernet_operations\b([^;{}=]*?)\b([A-Za-z_]\w*)\s*=\s*\{([^{}]*)\}/g;

/** What the text of a macro's body becomes where the macro is used, at line starts as definitions at file level are. */
interface Made {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What the macros of a file that define ops become where they are used. */
export function opsTextsMade(live: string): Made[] {
  if (!/define(?:\\\r?\n|[^\n])*\bpernet_operations\b/.test(live)) return [];
  const bodies = [...live.matchAll(macro)].filter(([, , , body]) => /\bstruct\s+pernet_operations\b/.test(body!));
  return bodies
    .flatMap(([, name, params, body]) => {
      const names = params!.split(',').map((each) => each.trim());
      return [...live.matchAll(new RegExp(`^${name!}[ \\t]*\\(([^()]*)\\)`, 'gm'))].map((use) => ({
        text: expanded(body!, names, use[1]!.split(',')),
        start: use.index,
        end: use.index + use[0].length,
      }));
    })
    .sort((a, b) => a.start - b.start);
}

function expanded(body: string, params: readonly string[], args: readonly string[]): string {
  const text = body.replace(/\\\r?\n/g, ' ').replace(/\/\*.*?\*\//g, ' ');
  const values = new Map(params.map((name, index) => [name, args[index]?.trim() ?? '']));
  return text.replace(/[A-Za-z_]\w*/g, (word) => values.get(word) ?? word).replace(/\s*##\s*/g, '');
}

/** The ops that a file defines by macros of its own; each stands where the macro is used. */
export function opsMade(context: Context, live: string): OpsFact[] {
  return opsTextsMade(live).flatMap(({ text, start, end }) =>
    [...text.matchAll(definition)].map(([, before, between, name, list]): OpsFact => {
      const at = context.at(start, end);
      const attributes = `${before ?? ''} ${between!}`.match(/\b__\w+/g) ?? [];
      return {
        name: name!.startsWith('__') ? (/(\w+)\s*$/.exec(between!)?.[1] ?? name!) : name!,
        isStatic: before !== undefined,
        attributes,
        fields: partsOf(list!).flatMap((part) => fieldOf(part, at)),
        at,
        span: at,
        elements: null,
        options: [],
      };
    }),
  );
}

function fieldOf(part: string, at: At): FieldFact[] {
  const [, name, text] = /^\.\s*(\w+)\s*=\s*([^]*)$/.exec(part) ?? [];
  if (name === undefined || text === undefined) return [];
  const value: Expr = plainValue(text, at) ?? { k: 'other', text, of: [], at };
  return [{ name, text, value, at }];
}
