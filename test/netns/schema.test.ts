/** The JSON schema that the editor completes and validates with: it must not drift from what the model accepts. */
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects, STEP_NAMES } from '../../src/netns/index.ts';

interface Schema {
  definitions: {
    step: { properties: { step: { enum: string[] } }; allOf: { if: { properties: { step: StepCondition } } }[] };
    ops: { properties: Record<string, unknown> };
  };
}
interface StepCondition {
  const?: string;
  enum?: string[];
}

const schema = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../media/netns.schema.json'), 'utf8'),
) as Schema;
const accepts = new Ajv({ strict: false }).compile(schema);
const folder = path.join(import.meta.dirname, 'reference');

function scenario(kind: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, kind, file), 'utf8'));
}

/** What a schema cannot know: what other parts of the scenario declare, make or switch off; and JSON itself. */
const BEYOND_A_SCHEMA = [
  /^(copy-twice|copy-no-name|copy-user-ns|fail-init-net|fd-target|net-later|net-unknown|ops-undeclared)\./,
  /^off-/,
  /^(not-json|trailing)\./,
];

describe('the schema of *.netns.json', () => {
  it('knows the steps and callbacks that the model knows', () => {
    const { step, ops } = schema.definitions;
    expect([...step.properties.step.enum].sort()).toEqual([...STEP_NAMES].sort());
    const described = step.allOf.flatMap((rule) => {
      const { const: one, enum: many = [] } = rule.if.properties.step;
      return one === undefined ? many : [one];
    });
    expect(described.sort()).toEqual([...STEP_NAMES].sort());
    const callbacks = new Set(dialects.flatMap((dialect) => dialect.callbacks));
    expect(Object.keys(ops.properties).sort()).toEqual([...callbacks, 'id', 'size'].sort());
  });

  it.each(readdirSync(path.join(folder, 'scenarios')))('accepts %s', (file) => {
    accepts(scenario('scenarios', file));
    expect(accepts.errors).toBeNull();
  });

  it('knows what belongs to a boot', () => {
    const valid = [{ boot: '../linux' }, { boot: '../linux', bootConfig: 'allyesconfig' }];
    const invalid = [{ boot: '' }, { boot: 1 }, { bootConfig: 'x' }, { boot: '../linux', config: {} }];
    expect([...valid, ...invalid].map((each) => accepts({ ...each, steps: [] }))).toEqual([
      true,
      true,
      ...invalid.map(() => false),
    ]);
  });

  const malformed = readdirSync(path.join(folder, 'malformed'))
    .filter((file) => file.endsWith('.json'))
    .filter((file) => !BEYOND_A_SCHEMA.some((known) => known.test(file)));
  it.each(malformed)('rejects %s', (file) => {
    expect(accepts(scenario('malformed', file))).toBe(false);
  });
});
