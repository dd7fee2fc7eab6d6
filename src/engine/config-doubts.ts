import { parseConfigValues } from '../program/index.ts';

/** Reads a file of the tree; undefined when it is not there. */
type ReadText = (file: string) => string | undefined;

/**
 * Why a `.config` may not be the one that a tree (for x86) is built with, a sentence each: it was written for another
 * kernel, for another architecture, or not all of it is there. It is taken as it stands all the same.
 */
export function doubtsOfConfig(text: string, read: ReadText): string[] {
  const values = parseConfigValues(text);
  const header = /^# Linux\/(\S+) (\d+\.\d+)\S* Kernel Configuration\s*$/m.exec(text);
  const tree = levelOf(read('Makefile') ?? '');
  const doubts: string[] = [];
  if (header && tree !== null && header[2] !== tree) {
    doubts.push(
      `it was written for Linux ${header[2]}, and this is ${tree}: an option that it does not name is taken to be off`,
    );
  }
  const end = whereCut(text, read);
  // `config X86` of arch/x86/Kconfig has no question: Kconfig writes it into every configuration of that architecture.
  const isOfX86 = values.get('CONFIG_X86') === 'y' || (header?.[1] === 'x86' && end !== null);
  if (!isOfX86 && read('arch/x86/Kconfig') !== undefined) {
    doubts.push(
      header && header[1] !== 'x86'
        ? `it was written for ${header[1]}, and is read as that of x86`
        : 'it does not set CONFIG_X86, so it is a part of a configuration: an option that it does not name is taken to be off, whatever its default is',
    );
  }
  if (end !== null) doubts.push(`it seems to be cut off ${end}: what follows is taken to be off`);
  return doubts;
}

function levelOf(makefile: string): string | null {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*=\\s*(\\d+)\\s*$`, 'm').exec(makefile)?.[1];
  const [version, level] = [value('VERSION'), value('PATCHLEVEL')];
  return version === undefined || level === undefined ? null : `${version}.${level}`;
}

/** conf_write() of scripts/kconfig/confdata.c ends each line, and each menu that it has begun with `# end of`. */
function whereCut(text: string, read: ReadText): string | null {
  const lines = text.split('\n');
  const last = lines.at(-1)!;
  if (
    last !== '' &&
    !/^(?:CONFIG_\w+=(?:[ymn]|-?\d+|0x[\da-fA-F]+|".*")|# CONFIG_\w+ is not set|# end of .*)\r?$/.test(last)
  )
    return `in the line "${last.trim()}"`;
  const ended = new Set(lines.flatMap((line) => /^# end of (.*?)\r?$/.exec(line)?.[1] ?? []));
  // Configurations of before Linux 5.2 do not end their menus.
  if (ended.size === 0) return null;
  const begun = lines.flatMap((line, at) => {
    const title = /^# (.*?)\r?$/.exec(line)?.[1];
    const isTitle = [lines[at - 1], lines[at + 1]].every((around) => around?.trimEnd() === '#');
    return title !== undefined && isTitle && !ended.has(title) ? [title] : [];
  });
  if (begun.length === 0) return null;
  const menus = topMenus(read);
  const open = begun.find((title) => menus.has(title));
  return open === undefined ? null : `in the menu "${open}"`;
}

/** The titles of the menus in the Kconfig files that the tree's first one names. A comment looks the same, and is not ended. */
function topMenus(read: ReadText): ReadonlySet<string> {
  const sourced = [...(read('Kconfig') ?? '').matchAll(/^source "(.*)"/gm)].map((match) => match[1]!);
  const files = [...sourced.map((file) => file.replace('$(SRCARCH)', 'x86')), 'arch/x86/Kconfig'];
  const titles = files.flatMap((file) =>
    [...(read(file) ?? '').matchAll(/^[ \t]*menu "(.*)"/gm)].map((match) => match[1]!),
  );
  return new Set(titles);
}
