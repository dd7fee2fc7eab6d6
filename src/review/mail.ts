import PostalMime, { type Address, type Email } from 'postal-mime';
import { gunzipSync } from 'node:zlib';
import { ChangeError, type StepHead } from './change.ts';
import { hasDiff } from './patch.ts';

/** A patch as it came by mail: its head, and the decoded text with the diff in it. */
export interface PatchMail {
  readonly head: StepHead;
  readonly text: string;
}

/** The patches of a series, in the order in which they apply, and what the user should know of how they were chosen. */
export interface Mails {
  readonly patches: readonly PatchMail[];
  readonly notes: readonly string[];
}

/** The line that begins each message of a mailbox, told from prose as `git mailsplit` does: with a time and a year. */
const separator = /^From \S.*\d:\d\d.* \d{4}.*$/m;
const headerLine = /^(?:From|Subject|Date|Message-ID|MIME-Version|Return-Path|Received|Delivered-To): /im;

/**
 * The patches in a file: a bare diff, one mail, or a mailbox (`git format-patch --stdout`, a mail program's, lore's
 * `t.mbox.gz`). Replies and covers are passed over, a thread's patches are put in order, and of several versions of a
 * series the last is taken.
 * @throws ChangeError where nothing in it is a patch.
 */
export async function readMails(bytes: Uint8Array, name: string): Promise<Mails> {
  const raw = Buffer.from(unzip(bytes, name));
  // One character a byte: what a mail's bytes mean is said inside it.
  const text = raw.toString('latin1');
  if (!separator.test(text.slice(0, text.indexOf('\n') + 1)) && !isMail(text))
    return { patches: [{ head: { title: name }, text: raw.toString('utf8') }], notes: [] };
  const messages = await Promise.all(split(text).map((each) => PostalMime.parse(Buffer.from(each, 'latin1'))));
  const all = messages.flatMap((mail) => {
    const body = bodyOf(mail);
    return body === null ? [] : [{ ...tagOf(mail.subject ?? ''), head: headOf(mail, name), text: body }];
  });
  const tagged = all.filter((mail) => mail.isPatch);
  const chosen = tagged.length > 0 ? tagged : all.filter((mail) => !mail.isReply);
  if (chosen.length === 0)
    throw new ChangeError(`${name}: none of its ${count(messages.length, 'message')} has a patch`);
  const last = Math.max(...chosen.map((mail) => mail.version));
  const series = chosen.filter((mail) => mail.version === last);
  const others = [...new Set(chosen.map((mail) => mail.version))].filter((version) => version !== last);
  const notes =
    others.length > 0
      ? [`${name}: of the versions in it v${last} is looked at, not ${others.map((v) => `v${v}`).join(', ')}`]
      : [];
  // Within a series the numbers say the order; without numbers the order is that of the file.
  const patches = series.every((mail) => mail.number !== null) ? series.sort((a, b) => a.number! - b.number!) : series;
  return { patches: patches.map(({ head, text: body }) => ({ head, text: body })), notes };
}

function unzip(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 << 28 });
  } catch (error) {
    throw new ChangeError(`${name}: cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether a text begins with the header of a mail. */
function isMail(text: string): boolean {
  const head = text.slice(0, text.search(/\r?\n\r?\n/));
  return headerLine.test(head) && /^[\w-]+:/.test(head) && !hasDiff(head);
}

/** The messages of a mailbox, or the one mail that a text is. */
function split(text: string): string[] {
  const starts = [...text.matchAll(new RegExp(separator, 'gm'))].filter(
    ({ index }) => index === 0 || /\n\r?\n$/.test(text.slice(Math.max(0, index - 3), index)) || isHead(text, index),
  );
  if (starts.length === 0) return [text];
  return starts.map(({ index }, at) =>
    text
      .slice(index, starts[at + 1]?.index)
      .replace(/^From .*\n/, '')
      .replace(/^>(>*From )/gm, '$1'),
  );
}

/** Whether a header follows a line: some programs leave out the empty line before a message. */
function isHead(text: string, index: number): boolean {
  return /^[\w-]+: /.test(text.slice(text.indexOf('\n', index) + 1, text.indexOf('\n', index) + 80));
}

function bodyOf(mail: Email): string | null {
  if (mail.text !== undefined && hasDiff(mail.text)) return mail.text;
  for (const { content, mimeType, filename } of mail.attachments) {
    if (!/^text\/|patch|diff/.test(mimeType) && !/\.(?:patch|diff)$/.test(filename ?? '')) continue;
    const text = typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8');
    if (hasDiff(text)) return text;
  }
  return null;
}

interface Tag {
  readonly isPatch: boolean;
  readonly isReply: boolean;
  readonly version: number;
  /** Its place in the series, where the subject says one. */
  readonly number: number | null;
}

/** `[PATCH net-next v2 3/7] …`, as the kernel's submitting-patches document has it. */
function tagOf(subject: string): Tag {
  const isReply = /^\s*(?:re|aw|fwd?):/i.test(subject);
  const tag = /^\s*\[([^\]]*)\]/.exec(subject)?.[1] ?? '';
  const version = /\bv(\d+)\b/i.exec(tag)?.[1];
  const number = /\b(\d+)\/\d+\b/.exec(tag)?.[1];
  return {
    isPatch: !isReply && /\b(?:PATCH|RFC|RFT)/i.test(tag),
    isReply,
    version: version === undefined ? 1 : Number(version),
    number: number === undefined ? null : Number(number),
  };
}

function headOf(mail: Email, name: string): StepHead {
  const from = mail.from === undefined ? null : shown(mail.from);
  const date = mail.headers.find(({ key }) => key === 'date')?.value;
  return {
    title: mail.subject ?? name,
    ...(from === null ? {} : { from }),
    ...(date === undefined ? {} : { date }),
  };
}

function shown(address: Address): string {
  return address.name === '' ? (address.address ?? '') : address.name;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
