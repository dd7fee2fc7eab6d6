import { detectDialect, dialectNamed, type Dialect } from '../netns/index.ts';
import { LinkOrder, moduleOfFile, type LinkedFirst, type ModuleInfo } from '../program/index.ts';
import { tristateOf } from './config.ts';
import type { EngineOptions } from './engine.ts';
import type { FileReader } from './file-reader.ts';
import type { Resumable } from './resume.ts';

/** Files that tell which kernel's namespace core it is. */
const isCore = /net_namespace\.[ch]$/;

/** Files that say how others are built. */
const isBuild = /(^|\/)(Makefile|Kbuild|Kconfig)[^/]*$/;

/** Whether a file tells which kernel's namespace core it is. */
export function isOfCore(path: string): boolean {
  return isCore.test(path);
}

/** What a tree says of the kernel that it is: which namespace core it has, and of which module each file is. */
export class Kernel {
  private readonly known = new Map<string, ModuleInfo | undefined>();
  private told: Dialect | undefined;
  private read: (path: string) => string | undefined;
  private linked: LinkOrder;

  constructor(
    private readonly options: Pick<EngineOptions, 'dialect' | 'config'>,
    private readonly text: FileReader['text'],
  ) {
    this.read = this.newRead();
    this.linked = this.newLinkOrder();
  }

  /** The one that was named, or that the tree's own net_namespace.h and net_namespace.c speak. */
  get dialect(): Dialect {
    return (this.told ??= this.findDialect());
  }

  /** What Kbuild says of each file that was asked for. */
  get modules(): ReadonlyMap<string, ModuleInfo | undefined> {
    return this.known;
  }

  moduleInfo(path: string): ModuleInfo | undefined {
    if (!this.known.has(path)) this.known.set(path, moduleOfFile(path, this.read, tristateOf(this.options.config)));
    return this.known.get(path);
  }

  /** Says why one file is linked before another one, where both are built in; null where it is not known to be. */
  linkedFirst(one: string, other: string): LinkedFirst | null {
    return this.linked.isFirst(one, other);
  }

  /** Takes over what an earlier run was told of each file. */
  takeOver(modules: Resumable['modules']): void {
    for (const [file, info] of Object.entries(modules)) this.known.set(file, info ?? undefined);
  }

  /** A file is another one now. Says whether others may be built in another way for it. */
  touch(path: string): boolean {
    if (isOfCore(path)) this.told = undefined;
    if (!isBuild.test(path)) return false;
    this.forgetBuild();
    return true;
  }

  /** It is another tree. */
  forget(): void {
    this.forgetBuild();
    this.told = undefined;
  }

  /** Makefiles and Kconfig files may say something else now. */
  private forgetBuild(): void {
    this.known.clear();
    this.read = this.newRead();
    this.linked = this.newLinkOrder();
  }

  private newLinkOrder(): LinkOrder {
    return new LinkOrder(this.read, tristateOf(this.options.config));
  }

  /** A function by which Kconfig files that were read through it are known again, until they change. */
  private newRead(): (path: string) => string | undefined {
    return (path) => {
      const text = this.text(path);
      return typeof text === 'string' ? text : undefined;
    };
  }

  private findDialect(): Dialect {
    const named = this.options.dialect === undefined ? undefined : dialectNamed(this.options.dialect);
    if (named) return named;
    return detectDialect({
      netNamespaceH: this.read('include/net/net_namespace.h') ?? '',
      netNamespaceC: this.read('net/core/net_namespace.c') ?? '',
    });
  }
}
