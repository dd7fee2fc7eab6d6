import { stampOf } from '../engine/tree.ts';
import type { CParser } from '../syntax/index.ts';
import { notAnalysedRule } from '../rules/index.ts';
import { fingerprintsIn } from './baseline.ts';
import { Boots } from './boots.ts';
import { heapUse } from './memory.ts';
import { timelineAnswer } from './timeline-answer.ts';
import { Trees } from './trees.ts';
import { withoutWitness, type Method, type Note, type Report, type Requests } from './work.ts';

/** Answers what the server asks about documents: it has the engines, and the texts as they were last told. */
export class Workroom {
  private readonly trees: Trees;
  private readonly boots: Boots;
  private readonly texts = new Map<string, string>();
  private readonly stamps = new Map<string, string>();

  constructor(
    parser: CParser,
    /** Called every now and then during an analysis; it throws when the analysis is to be given up. */
    private readonly checkpoint: () => void,
  ) {
    this.trees = new Trees(parser);
    this.boots = new Boots(parser);
  }

  hear(note: Note): void {
    switch (note.note) {
      case 'text':
        if (note.text !== null) this.texts.set(note.uri, note.text);
        else if (this.texts.delete(note.uri)) this.trees.close(note.uri);
        break;
      case 'files':
        for (const uri of note.uris) {
          this.trees.invalidate(uri);
          this.boots.invalidate(uri);
        }
        break;
      case 'folders':
        this.trees.folders = note.folders;
        break;
    }
  }

  answer<M extends Method>(method: M, params: Requests[M]['params']): Requests[M]['result'] {
    return this.answers[method](params);
  }

  /** Whether a file is another one than it was when this was asked before. */
  private isAnother(file: string): boolean {
    const stamp = JSON.stringify(stampOf(file));
    const before = this.stamps.get(file);
    this.stamps.set(file, stamp);
    return before !== undefined && before !== stamp;
  }

  private readonly answers: { readonly [M in Method]: (params: Requests[M]['params']) => Requests[M]['result'] } = {
    analyse: ({ uri, settings }): Report => {
      const file = this.trees.file(uri, settings, this.texts);
      const { tree, root, path, refused } = file;
      const set = { ...file.project.rules, ...settings.rules }[notAnalysedRule.id];
      const rest = {
        place: { tree, root, path },
        gapSeverity: set === undefined || set === 'off' ? notAnalysedRule.severity : set,
        project: { file: file.project.file, problems: file.project.problems },
        refused,
      };
      if (!settings.enable) return { ...rest, findings: [], notAnalysed: [], ops: [], readings: [] };
      const { findings, notAnalysed, ops, readings } = file.analyse(this.checkpoint);
      const known = fingerprintsIn(root, settings.baseline);
      const shown = findings.filter(({ fingerprint }) => !known.has(fingerprint)).map(withoutWitness);
      return { ...rest, findings: shown, notAnalysed, ops, readings };
    },
    references: ({ uri, settings, name }) => this.trees.file(uri, settings, this.texts).references(name),
    core: ({ uri, settings }) => this.trees.file(uri, settings, this.texts).definitions('net/core/net_namespace.c'),
    fix: ({ uri, settings, fingerprint }) =>
      this.trees.file(uri, settings, this.texts).fix(fingerprint, this.checkpoint),
    fixes: ({ uri, settings, fingerprints }) =>
      this.trees.file(uri, settings, this.texts).fixes(fingerprints, this.checkpoint),
    boot: (params) => this.boots.of(params),
    changed: ({ named }) => [...this.trees.changedOnDisk(), ...named.filter((file) => this.isAnother(file))],
    memory: () => heapUse(),
    timeline: ({ uri, settings, request }) => timelineAnswer(this.trees.file(uri, settings, this.texts), request),
  };
}
