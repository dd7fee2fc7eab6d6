/** What of Node's `os` the extension asks for, where there is no Node: the build puts this module in its place. */
export function type(): string {
  return 'a browser';
}

export function release(): string {
  return '';
}

export function arch(): string {
  return '';
}

export function cpus(): readonly unknown[] {
  return [];
}

export function totalmem(): number {
  return 0;
}

export default { type, release, arch, cpus, totalmem };
