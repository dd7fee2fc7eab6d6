import type { Expr } from '../../facts/ir.ts';
import type { Code } from './code.ts';
import type { Names } from './names.ts';

/**
 * Whether a call makes a kernel socket that cannot be bound: one of a family that carries its messages over another, named
 * as its protocol (`sock_create_kern(net, AF_RXRPC, SOCK_DGRAM, PF_INET6, …)`), when what implements the family knows the
 * other's addresses only in arms that this configuration leaves out (rxrpc_validate_address() of net/rxrpc/af_rxrpc.c
 * without CONFIG_AF_RXRPC_IPV6). To bind it, which is all that one is made for, gives -EAFNOSUPPORT.
 */
export function isRefusedSocket(code: Code, names: Names, call: string, args: readonly Expr[]): boolean {
  if (call !== 'sock_create_kern') return false;
  const [family, over] = [familyOf(args[1]), familyOf(args[3])];
  if (family === null || over === null) return false;
  const definition = new RegExp(`\\.family\\s*=\\s*[AP]F_${family}\\b`);
  const address = new RegExp(`\\bcase\\s+[AP]F_${over}\\s*:`);
  const homes = code
    .mentioning(names.builtIn, [`AF_${family}`, `PF_${family}`])
    .filter((file) => definition.test(code.live(file)));
  // The text as written has it, the text that is compiled does not.
  const written = code.mentioning(homes, [`case AF_${over}`, `case PF_${over}`]);
  return written.length > 0 && written.every((file) => !address.test(code.live(file)));
}

/** `INET6` for `PF_INET6`, `AF_INET6`. */
function familyOf(expression: Expr | undefined): string | null {
  return expression?.k === 'id' ? (/^[AP]F_(\w+)$/.exec(expression.name)?.[1] ?? null) : null;
}
