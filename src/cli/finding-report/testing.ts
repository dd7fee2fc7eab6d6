import type { Finding } from '../../rules/index.ts';
import type { Way } from './way.ts';

/** How the problem could be shown, and a fix tested: words, and commands for a shell. */
export interface Testing {
  readonly text: string;
  readonly commands: readonly string[];
}

const attempts = 200;
const failNth = (command: string, after = ''): string =>
  `for n in $(seq ${attempts}); do bash -c "echo $n > /proc/self/fail-nth && exec ${command}"${after}; done`;
const leakScan = ['echo scan > /sys/kernel/debug/kmemleak; cat /sys/kernel/debug/kmemleak', 'dmesg | tail -50'];

/**
 * Fault injection as Documentation/fault-injection/fault-injection.rst has it (fail-nth: the nth allocation of a task
 * fails); a step that does not fail for want of memory is made to fail by hand.
 */
export function testingFor(finding: Finding, way: Way): Testing {
  const module = finding.module ?? 'MODULE';
  const step = way.failing === null ? '' : `${way.failing}() `;
  const config = finding.config === undefined ? '' : ` and ${finding.config}`;
  const options = `a kernel with CONFIG_KASAN, CONFIG_DEBUG_LIST, CONFIG_DEBUG_KMEMLEAK`;
  const injection = `, CONFIG_FAULT_INJECTION, CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS`;
  const byHand =
    way.failing === null ? '' : ` Where no allocation is behind it, replace the call by an errno for the test.`;
  switch (way.trigger) {
    case 'load':
      return way.failing === null
        ? {
            text: `Not run. On ${options}, with ${module} as a module${config}:`,
            commands: [
              `modprobe ${module}`,
              'unshare -n true',
              `rmmod ${module}`,
              'unshare -n true',
              'dmesg | tail -50',
            ],
          }
        : {
            text: `Not run. On ${options}${injection}, with ${module} as a module${config}, let ${step}fail while it loads; then make a namespace, which calls whatever is left.${byHand}`,
            commands: [failNth(`modprobe ${module}`, `; modprobe -rq ${module}`), 'unshare -n true', ...leakScan],
          };
    case 'unload':
      return {
        text: `Not run. On ${options}, with ${module} as a module${config}${way.failing === null ? '' : `, with ${step}made to fail while it loads`}:`,
        commands: [`modprobe ${module}`, 'unshare -n true', `rmmod ${module}`, 'unshare -n true', ...leakScan],
      };
    case 'namespace-made':
      return {
        text: `Not run. On ${options}${injection}, with ${module} loaded${config}, let ${step === '' ? 'a step ' : step}fail while a namespace is made.${byHand}`,
        commands: [failNth('unshare -n true'), ...leakScan],
      };
    case 'namespace-dies':
      return {
        text: `Not run. On ${options}, with ${module} loaded${config}, let namespaces come and go:`,
        commands: [`for n in $(seq ${attempts}); do unshare -n true; done`, ...leakScan],
      };
  }
}
