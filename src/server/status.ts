import type { Features } from './features.ts';
import { methods, type Status } from './protocol.ts';

/** Tells the client how each document is doing. */
export function registerStatus({ connection, analyses }: Features): void {
  const send = (status: Status): void => void connection.sendNotification(methods.status, status);
  analyses.onStarted((uri) => {
    send({ state: 'working', uri });
  });
  analyses.onFailed(({ uri, reason }) => {
    send({ state: 'failed', uri, reason });
  });
  analyses.onAnalysed(({ uri, ops, findings, notAnalysed }) => {
    send({ state: 'ready', uri, ops: ops.length, problems: findings.length, notAnalysed: notAnalysed.length });
  });
}
