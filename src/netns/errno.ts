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
