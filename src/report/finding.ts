export { severities } from '../rules/finding.ts';
export type * from '../rules/finding.ts';
