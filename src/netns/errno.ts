/** The errno values that net_namespace.c returns (include/uapi/asm-generic/errno-base.h), and NETNSA_NSID_NOT_ASSIGNED. */

export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const EINTR = 4;
export const EBADF = 9;
export const ENOMEM = 12;
export const EACCES = 13;
export const EEXIST = 17;
export const EINVAL = 22;
export const ENOSPC = 28;

/** What peernet2id() says of a peer without an id (include/uapi/linux/net_namespace.h). */
export const NETNSA_NSID_NOT_ASSIGNED = -1;

/** The greatest errno that a pointer can carry (include/linux/err.h); beyond it ERR_PTR() makes no error pointer. */
export const MAX_ERRNO = 4095;

/** Errno values by number, as far as net_namespace.c or an init callback is likely to return them. */
const NAMES = new Map(
  Object.entries({
    EPERM,
    ENOENT,
    ESRCH,
    EINTR,
    EIO: 5,
    E2BIG: 7,
    EBADF,
    EAGAIN: 11,
    ENOMEM,
    EACCES,
    EFAULT: 14,
    EBUSY: 16,
    EEXIST,
    ENODEV: 19,
    EINVAL,
    ENFILE: 23,
    ENOSPC,
    ERANGE: 34,
    EPROTONOSUPPORT: 93,
    EOPNOTSUPP: 95,
    EAFNOSUPPORT: 97,
    EADDRINUSE: 98,
    ENOBUFS: 105,
  }).map(([name, number]) => [number, name]),
);

/** The negative value of an errno by its name; undefined for one that is not in the list. */
export function errnoNamed(name: string): number | undefined {
  for (const [number, known] of NAMES) if (known === name) return -number;
  return undefined;
}

/** The name of a negative errno; undefined for a value that is none, or one not in the list. */
export function errnoName(ret: number): string | undefined {
  return NAMES.get(-ret);
}
