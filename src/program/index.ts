export { Reach, type Way } from './reach.ts';
export {
  namesOf,
  Program,
  shareNames,
  type FunctionEntry,
  type Id,
  type Module,
  type ModuleInfo,
  type OpsEntry,
} from './program.ts';
export { moduleOfFile, parseMakefile, type Read } from './kbuild.ts';
