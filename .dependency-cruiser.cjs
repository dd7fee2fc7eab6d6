// The design's import rules: one direction from text to findings, no way back. `npm run lint` checks them.
/** What each folder of src/ may import of ours, besides itself. */
const may = {
  syntax: [],
  facts: ['syntax'],
  program: ['facts'],
  netns: [],
  lifecycle: ['program', 'netns', 'facts'],
  rules: ['lifecycle', 'program', 'netns', 'facts'],
  report: ['rules', 'lifecycle', 'netns'],
  engine: ['syntax', 'facts', 'program', 'netns', 'lifecycle', 'rules', 'report'],
  review: ['syntax', 'facts', 'program', 'rules', 'report', 'engine'],
  cli: ['syntax', 'facts', 'program', 'netns', 'lifecycle', 'rules', 'report', 'engine', 'review', 'server'],
  server: ['syntax', 'facts', 'program', 'netns', 'lifecycle', 'rules', 'report', 'engine'],
  extension: ['server', 'webview'],
  webview: ['netns', 'report', 'lifecycle', 'engine'],
  tools: ['syntax', 'facts', 'program', 'netns', 'lifecycle', 'rules', 'report', 'engine', 'review', 'cli', 'server'],
};
/** Folders that hand plain data on: who imports them from farther along may import their types only, and `leaves`. */
const typesOnly = [
  ['program', 'facts'],
  ['lifecycle', 'facts'],
  ['rules', 'facts'],
  ['rules', 'program'],
  ['report', 'lifecycle'],
  ['extension', 'server'],
  ['extension', 'webview'],
  ['webview', 'engine'],
  ['webview', 'lifecycle'],
  ['webview', 'report'],
  ['webview', 'netns'],
];
/** What the folders of src/lifecycle/ may take of one another; types go all ways. */
const withinLifecycle = {
  resources: [],
  bodies: ['resources'],
  paths: ['bodies', 'resources'],
  asks: ['paths', 'bodies', 'resources'],
  life: ['asks', 'paths', 'bodies', 'resources'],
};
/** Files that are nothing but data, or texts of data: they bring nothing else along. */
const leaves = '/(folder|ir|opposites|protocol|shapes|sentence|words)\\.ts$';
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(may).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    })),
    ...typesOnly.map(([folder, target]) => ({
      name: `${folder}-takes-types-of-${target}`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '/shared/' },
      to: { path: `^src/${target}/`, pathNot: leaves, dependencyTypesNot: ['type-only'] },
    })),
    ...Object.entries(withinLifecycle).map(([folder, allowed]) => ({
      name: `lifecycle-${folder}-imports`,
      severity: 'error',
      from: { path: `^src/lifecycle/${folder}/` },
      to: {
        path: '^src/lifecycle/',
        pathNot: `^src/lifecycle/(${[folder, ...allowed].join('|')})/`,
        dependencyTypesNot: ['type-only'],
      },
    })),
    {
      name: 'only-syntax-knows-tree-sitter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/syntax/' },
      to: { path: 'tree-sitter' },
    },
    {
      name: 'only-extension-knows-vscode',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/extension/' },
      to: { path: '^vscode$|^vscode-languageclient' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
