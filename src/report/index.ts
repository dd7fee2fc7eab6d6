export { formats, render, type Format } from './render.ts';
export { printable } from './report.ts';
export type { RenderOptions, Report, ReportedOps, Stats } from './report.ts';
export { statsJson, statsLine } from './stats.ts';
