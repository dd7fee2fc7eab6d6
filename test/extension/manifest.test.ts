import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFileName } from '../../src/engine/project/file.ts';
import { dialectNamed } from '../../src/netns/index.ts';
import { ownRules, rules } from '../../src/rules/index.ts';
import { defaultSettings } from '../../src/server/protocol.ts';
import { commands, hasOps, section, settings, timelineView } from '../../src/extension/ids.ts';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'package.json');

interface Setting {
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly items?: unknown;
  properties?: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly files: readonly string[];
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly configuration: { readonly properties: Record<string, Setting> };
    readonly grammars: readonly { readonly path: string }[];
    readonly jsonValidation: readonly { readonly fileMatch: string; readonly url: string }[];
    readonly configurationDefaults: Readonly<Record<string, unknown>>;
  };
}

const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
const { contributes } = manifest;

/** What package.json says of each rule; the rules are where it is said first. */
const ruleSettings = Object.fromEntries(
  [...rules, ...ownRules].map(({ id, severity, invariant }) => [
    id,
    {
      type: 'string',
      enum: ['off', 'error', 'warning', 'information', 'hint'],
      default: severity,
      description: invariant,
    },
  ]),
);

describe('package.json', () => {
  test('declares exactly the commands that the extension registers', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(Object.values(commands).sort());
    expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['Pernet']));
  });

  test('declares exactly the settings that are read, with the defaults that are used', () => {
    const declared = contributes.configuration.properties;
    expect(Object.keys(declared).sort()).toEqual(settings.map((name) => `${section}.${name}`).sort());
    for (const [name, value] of Object.entries(defaultSettings)) {
      expect(declared[`${section}.${name}`]?.default).toEqual(value);
    }
  });

  test('has a setting for each rule (UPDATE=1 writes them)', () => {
    const declared = contributes.configuration.properties[`${section}.rules`];
    if (process.env['UPDATE'] && declared) {
      declared.properties = ruleSettings;
      writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    }
    expect(declared?.properties).toEqual(ruleSettings);
  });

  test("has the schema of pairs and rules that a tree's own file has (UPDATE=1 writes the rules)", () => {
    const schemaFile = path.join(root, 'media/pernet-lint.schema.json');
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as {
      properties: { pairs: { items: unknown }; rules: { properties: unknown } };
    };
    if (process.env['UPDATE']) {
      schema.properties.rules.properties = ruleSettings;
      writeFileSync(schemaFile, `${JSON.stringify(schema, null, 2)}\n`);
    }
    expect(schema.properties.rules.properties).toEqual(ruleSettings);
    const declared = contributes.configuration.properties[`${section}.resourcePairs`];
    expect(declared?.items).toEqual(schema.properties.pairs.items);
    expect(contributes.configurationDefaults['files.associations']).toEqual({ [projectFileName]: 'jsonc' });
    expect(contributes.jsonValidation.map(({ fileMatch }) => fileMatch)).toContain(projectFileName);
  });

  test('knows no dialect that the model does not know', () => {
    const [auto, ...names] = contributes.configuration.properties[`${section}.dialect`]?.enum ?? [];
    expect(auto).toBe('auto');
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => dialectNamed(name) === undefined)).toEqual([]);
  });

  test('wakes the extension for C and for its panel, nothing else', () => {
    expect(manifest.activationEvents).toEqual(['onLanguage:c', `onWebviewPanel:${timelineView}`]);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe(true);
  });

  test('shows a command only where it applies', () => {
    const entries = Object.values(contributes.menus).flat();
    expect(entries.every(({ command, when }) => Object.values<string>(commands).includes(command) && when !== '')).toBe(
      true,
    );
    expect(contributes.menus['editor/context']?.every(({ when }) => when.includes(hasOps))).toBe(true);
  });

  test('packs every file that it names', () => {
    const named = [
      manifest.icon,
      ...contributes.grammars.map((grammar) => grammar.path),
      ...contributes.jsonValidation.map(({ url }) => url),
    ].map((name) => path.posix.normalize(name));
    const packed = (name: string): boolean =>
      manifest.files.some((pattern) => name === pattern || name.startsWith(`${pattern}/`));
    expect(named.filter((name) => !existsSync(path.join(root, name)) || !packed(name))).toEqual([]);
    expect(manifest.main).toBe('./dist/extension.cjs');
    expect(manifest.files).toContain('dist/*.cjs');
    // By the name of a `.js` the web host would take it for an ES module, as the package's type says, and load none.
    expect(manifest.browser).toBe('./dist/extension-web.cjs');
    expect(manifest.files).toContain('dist/server-web.js');
  });
});
