import type { History, Phase } from '../lifecycle/index.ts';
import type { Released } from './order.ts';
import { ifCause } from './reading.ts';

/** Where things are taken down: an init that fails does it itself. */
export function phaseOfTeardown({ fate }: History): Phase {
  return fate === 'load-failed' ? 'load' : 'unload';
}

export function ifFailed(history: History): string {
  return history.fate === 'load-failed' ? ifCause(history) : '';
}

/** Whether the outside reaches at some point what is released only later. */
export function isOpen({ index, acquired }: Released, at: number): boolean {
  return index > at && (acquired.index < at || acquired.index === index);
}
