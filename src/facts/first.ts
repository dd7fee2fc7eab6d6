/** `net_eq(net, &init_net)`, `net == &init_net`, `&init_net != net`. */
const comparing =
  /\bnet_eq\s*\((?:[^()]|\([^()]*\))*\)|[!=]=\s*&\s*init_net\b(?!\s*\.)|&\s*init_net\b(?!\s*\.)\s*[!=]=/g;

/** Whether a text has to do with init_net, beyond comparing others with it. */
export function isWithFirst(text: string): boolean {
  return text.includes('init_net') && /\binit_net\b/.test(text.replace(comparing, ' '));
}
