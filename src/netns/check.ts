/** Checks of JSON values, each saying in one line what is wrong and where: `$.steps[1].net: missing`. */

/** What is wrong, or undefined. */
export type Complaint = string | undefined;

/** A check of the value at `path` in a scenario that `Context` knows the rest of. */
export type Check<Context> = (value: unknown, path: string, context: Context) => Complaint;

export interface Member<Context> {
  check: Check<Context>;
  required: boolean;
}

export type Members<Context> = ReadonlyMap<string, Member<Context>>;

/** The members of an object; a name that ends in `?` may be missing. */
export function members<Context>(table: Record<string, Check<Context>>): Members<Context> {
  return new Map(
    Object.entries(table).map(([name, check]) => [name.replace(/\?$/, ''), { check, required: !name.endsWith('?') }]),
  );
}

/** The path of a member: `$.ops.a`, or `$.ops["a b"]` for a name that is no plain word. */
export function member_path(path: string, name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

export function is_object(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these members, checked in the order in which they stand; then what is missing. */
export function check_object<Context>(
  value: unknown,
  path: string,
  table: Members<Context>,
  context: Context,
): Complaint {
  if (!is_object(value)) return `${path}: an object expected`;
  for (const [name, member] of Object.entries(value)) {
    const known = table.get(name);
    if (known === undefined) return `${member_path(path, name)}: unknown member`;
    const complaint = known.check(member, member_path(path, name), context);
    if (complaint !== undefined) return complaint;
  }
  for (const [name, { required }] of table) {
    if (required && !Object.hasOwn(value, name)) return `${member_path(path, name)}: missing`;
  }
  return undefined;
}

export function boolean(value: unknown, path: string): Complaint {
  return typeof value === 'boolean' ? undefined : `${path}: true or false expected`;
}

export function text(value: unknown, path: string): Complaint {
  return typeof value === 'string' ? undefined : `${path}: a text expected`;
}

/** A name, which has at least one character. */
export function name(value: unknown, path: string): Complaint {
  return typeof value === 'string' && value !== '' ? undefined : `${path}: a name expected`;
}

/** An integer in a range, both ends included. */
export function integer(min: number, max: number): (value: unknown, path: string) => Complaint {
  return (value, path) => {
    if (!Number.isInteger(value)) return `${path}: an integer expected`;
    const number = value as number;
    return number >= min && number <= max ? undefined : `${path}: ${number} is out of range (${min} to ${max})`;
  };
}

/** The first complaint about the elements of an array. */
export function array<Context>(element: Check<Context>): Check<Context> {
  return (value, path, context) => {
    if (!Array.isArray(value)) return `${path}: an array expected`;
    for (const [index, entry] of value.entries()) {
      const complaint = element(entry, `${path}[${index}]`, context);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };
}

/** A name in a message, on one line whatever it holds. */
export function quoted(value: unknown): string {
  return JSON.stringify(value);
}
