import { Engine } from '../../engine/index.ts';
import { diskHost } from '../../engine/tree.ts';
import type { CParser } from '../../syntax/index.ts';
import { kernelConfig } from '../kernel-config.ts';
import { withoutWitness, type ServerFinding } from '../work.ts';
import { pairsOf, Projects } from '../projects.ts';
import type { CheckParams } from './jobs.ts';

/** The findings of a whole tree, each lifecycle run once. Witnesses are left out: they are large, and made when asked for. */
export function checkTree(parser: CParser, { root, files, settings, open }: CheckParams): ServerFinding[] {
  const config = kernelConfig(root, settings.kernelConfig);
  const project = new Projects().of(root);
  const engine = new Engine({
    parser,
    host: diskHost(root),
    ...(settings.dialect === 'auto' ? {} : { dialect: settings.dialect }),
    ...(config ? { config: config.options } : {}),
    severities: { ...project.rules, ...settings.rules },
    pairs: [...pairsOf(settings).pairs, ...project.pairs],
  });
  engine.setIndex(files);
  for (const [file, text] of open) engine.setOverlay(file, text);
  return engine.analyse().findings.map(withoutWitness);
}
