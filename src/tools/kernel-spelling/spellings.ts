/** Another way to write the same code: no line more or less, and nothing else of what it does. */
export type Spelling = (code: string) => string;

const errors = '(?:err|ret|rc|error|rv)';
const place = '[a-z]\\w*(?:(?:->|\\.)\\w+)*';
const ends = '(?:goto \\w+|return [^;\\n{}]*);';

/** Ways to write what lifecycles are made of, by what a style guide would call them. Each takes code without strings and comments. */
export const spellings: Readonly<Record<string, Spelling>> = {
  'members by (*p).': (code) => code.replace(/(?<![\w.>\])*&])([a-z]\w*)->(?=\w)/g, '(*$1).'),
  'names that say nothing': (code) => {
    const heads = [...code.matchAll(/^static\s+(?:[\w \t*]+?[ \t*])?(\w+)\([^;{}()]*\)\s*(?=\n\{)/gm)];
    const names = new Set(heads.map((head) => head[1]!).filter((name) => name.length > 3));
    // A designated member may be called as what it is set to.
    for (const [, member] of code.matchAll(/^[ \t]*\.?(\w+)\s*=/gm)) names.delete(member!);
    return [...names]
      .sort()
      .reduce((text, name, at) => text.replace(new RegExp(`(?<![\\w.]|->)${name}\\b`, 'g'), `zq_fn_${at}`), code);
  },
  'labels by number': (code) => {
    const labels = [...new Set([...code.matchAll(/\bgoto\s+(\w+)\s*;/g)].map((jump) => jump[1]!))].sort();
    return labels.reduce(
      (text, label, at) =>
        text
          .replace(new RegExp(`\\bgoto(\\s+)${label}(\\s*;)`, 'g'), `goto$1zq_${at}$2`)
          .replace(new RegExp(`^([ \\t]*)${label}(\\s*:)(?!:)`, 'gm'), `$1zq_${at}$2`),
      code,
    );
  },
  'pointers asked by == 0': (code) => code.replace(new RegExp(`\\bif \\(!(${place})\\)`, 'g'), 'if ($1 == 0)'),
  'the constant first': (code) =>
    code
      .replace(new RegExp(`\\bif \\((${errors})\\)`, 'g'), 'if (0 != $1)')
      .replace(new RegExp(`\\bif \\((${errors}) < 0\\)`, 'g'), 'if (0 > $1)'),
  'unlikely()': (code) =>
    code.replace(new RegExp(`\\bif \\((${errors}(?: < 0)?|!${place}|IS_ERR\\([^()]*\\))\\)`, 'g'), 'if (unlikely($1))'),
  'braces around one statement': (code) =>
    code.replace(
      new RegExp(
        `^([ \\t]*if \\((?:[^()\\n]|\\((?:[^()\\n]|\\([^()\\n]*\\))*\\))*\\))\\n([ \\t]+${ends})(?!\\n[ \\t]*else)`,
        'gm',
      ),
      '$1 {\n$2 }',
    ),
  'else in place of then': (code) =>
    code.replace(
      new RegExp(`^([ \\t]*)if \\((${errors})\\)\\n([ \\t]+${ends})(?!\\n[ \\t]*else)`, 'gm'),
      '$1if (!$2) ; else\n$3',
    ),
  'assigned where it is asked': (code) =>
    code.replace(
      new RegExp(`^([ \\t]+)(${errors}) = (\\w+\\((?:[^();{}\\n]|\\([^()\\n]*\\))*\\));\\n[ \\t]+if \\(\\2\\)`, 'gm'),
      '$1if (($2 = $3) != 0)\n',
    ),
  'releases in do { } while (0)': (code) =>
    code.replace(
      /^(\t+)((?:unregister_|kfree|free_percpu|remove_proc|proc_|rtnl_|nf_|genl_|destroy_|cancel_)\w*\([^;\n{}]*\);)$/gm,
      '$1do { $2 } while (0);',
    ),
  'what is freed cast': (code) => code.replace(/^(\t+k?v?free(?:_percpu)?)\(([^()\n]*)\);$/gm, '$1((void *)($2));'),
  'debug messages between': (code) =>
    code.replace(new RegExp(`^(\\t)(${errors} = \\w+\\([^;{}]*\\);)`, 'gm'), '$1pr_debug("zq"); $2'),
  'registrations by a local': (code) =>
    code.replace(/^(\t)return (register_pernet_\w+\([^;\n]*\));$/gm, '$1{ int zq = $2; if (zq) return zq; return 0; }'),
};

const uncode = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:[^\n\\]|\\\r?\n|\\.)*/gm;

/** A text in another spelling: comments, strings and directives stay. */
export function respelt(text: string, spelling: Spelling): string {
  const held: string[] = [];
  const code = text.replace(uncode, (whole) => `\u0001${held.push(whole) - 1}\u0002`);
  return spelling(code).replace(/\u0001(\d+)\u0002/g, (_, at: string) => held[Number(at)]!);
}
