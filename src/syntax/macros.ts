import { Vocabulary } from './vocabulary.ts';

/** What the language and the tables below know of a word, as flags of one number. */
export const Role = {
  /** `if`, `for`, `while`, `switch`: parentheses, then a statement. */
  control: 1,
  /** `else`, `do`: a statement follows at once. */
  prefix: 2,
  /** `return`, `goto`, `break`, `continue`. */
  jump: 4,
  /** `case`, `default`. */
  label: 8,
  /** `struct`, `union`, `enum`. */
  tag: 16,
  /** The words that C's own types are made of. */
  primitive: 32,
  qualifier: 64,
  storage: 128,
  /** `sizeof` and its kin: what stands in the parentheses may be a type. */
  sizeof: 256,
  /** `typeof` and its kin: a type made from an expression. */
  typeof: 512,
  /** A macro that stands for an attribute, or for nothing. */
  attribute: 1024,
  /** The same with arguments. */
  attributeCall: 2048,
  asm: 4096,
  /** A macro that is a loop's head. */
  loop: 8192,
  /** A macro that runs the statement after it once: `scoped_guard(...)`. */
  scope: 16384,
  /** `offsetof`, whose second argument the grammar takes for a plain field name. */
  offsetof: 32768,
} as const;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Attribute words of include/linux/{init,compiler_attributes,compiler_types,cache,linkage}.h and of the networking headers. */
const attributes = words(`
  __init __exit __initdata __exitdata __initconst __exitconst __init_or_module __initdata_or_module
  __initconst_or_module __init_memblock __initdata_memblock __meminit __meminitdata __meminitconst __memexit
  __memexitdata __devinit __devexit __devinitdata __devinitconst __cpuinit __cpuinitdata __ref __refdata __refconst
  __net_init __net_exit __net_initdata __net_initconst __setup_param_end
  __read_mostly __ro_after_init __ro_after_init_memblock __rcu __user __kernel __iomem __percpu __force __nocast
  __bitwise __bitwise__ __private __safe __be __le __always_unused __maybe_unused __unused __used __must_check
  __cold __hot __pure __attribute_const__ __malloc __noreturn __noclone __noinline __always_inline __weak __visible
  __packed __packed2__ __deprecated __designated_init __randomize_layout __no_randomize_layout
  __nosanitize_address __no_sanitize_address __no_kcsan __no_sanitize_memory __no_kasan_or_inline
  __no_sanitize_or_inline __no_kcsan_or_inline __no_stack_protector __no_profile __no_sanitize_coverage
  __nocfi __noinitretpoline __noscs __flatten __gnu_inline __naked __compiletime_error_fallback
  __volatile__ __const __const__ __signed__ __compat __bpf_kfunc __bpf_md_ptr_attr __sched __lockfunc __kprobes __tracepoint_data
  __cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned ____cacheline_aligned_in_smp
  ____cacheline_internodealigned_in_smp __page_aligned_data __page_aligned_bss __ptr_aligned __aligned_largest
  __no_inline __cpuidle __irq_entry __softirq_entry __exception_irq_entry __latent_entropy __signed_wrap
  __returns_nonnull __no_context_analysis __no_structure_layout __nonstring __nonstring_array __fallthrough
  __mustcheck __syscall_attr __ksym __kptr __kptr_untrusted __arena __printf_attr __scanf_attr
  noinline notrace asmlinkage noinline_for_stack noinline_for_tracing nokprobe_inline noinstr fallthrough_attr
  inline_for_extraction __inline_maybe_unused INDIRECT_CALLABLE_SCOPE visible_if_kunit STATIC_IF_KUNIT
  __private_extern__ __nodeprecated __vmalloc_attr asmlinkage_protect_attr
`);

/** The same with arguments. */
const attributeCalls = words(`
  __attribute__ __attribute __declspec __printf __scanf __aligned __section __alias __assume_aligned __alloc_size
  __realloc_size __copy __cleanup __free __class_attr __acquires __releases __must_hold __acquires_shared
  __releases_shared __must_hold_shared __cond_acquires __cond_acquires_shared __cond_lock_attr __cond_releases
  __counted_by __counted_by_le __counted_by_be __counted_by_ptr __sized_by __guarded_by __pt_guarded_by __diagnose_as
  __compiletime_error __compiletime_warning __compiletime_deprecated __nonnull __no_sanitize __no_kstack_erase
  __bpf_md_aligned __designated_init_attr __btf_type_tag __malloc_attr __error_attr __warning_attr __mode __format_arg
  __sentinel __refconst_attr __param_attr __alloc_align __target __access __aligned_attr DECLARE_INDIRECT_ATTR
  __requires __excludes __no_capture __ctx_guard
`);

/** Macros that run the statement after them once (include/linux/cleanup.h). */
const scopes = words(
  'scoped_guard scoped_cond_guard scoped_class unsafe_op_scope with_creds scoped_with_creds scoped_user_rw_access scoped_seqlock_read',
);

const language: readonly (readonly [number, string])[] = [
  [Role.control, 'if for while switch'],
  [Role.prefix, 'else do'],
  [Role.jump, 'return goto break continue'],
  [Role.label, 'case default'],
  [Role.tag, 'struct union enum'],
  [Role.primitive, 'void char short int long float double signed unsigned bool size_t ssize_t _Bool'],
  [Role.qualifier, 'const volatile restrict __restrict __restrict__ _Atomic __extension__'],
  [Role.storage, 'static extern typedef register inline auto __inline __inline__ _Thread_local'],
  [Role.sizeof, 'sizeof __alignof__ __alignof _Alignof alignof'],
  [Role.typeof, 'typeof __typeof__ __typeof typeof_unqual __typeof_unqual__ __unqual_scalar_typeof typeof_member'],
  [Role.offsetof, 'offsetof'],
  [Role.asm, 'asm __asm__ __asm asm_volatile_goto asm_goto_output asm_inline'],
];

/** Every word with a role. A file's own `#define`s are added to a copy of it. */
export const vocabulary = new Vocabulary([
  ...attributes.map((word) => [word, Role.attribute] as const),
  ...attributeCalls.map((word) => [word, Role.attributeCall] as const),
  ...scopes.map((word) => [word, Role.scope] as const),
  ...language.flatMap(([role, text]) => words(text).map((word) => [word, role] as const)),
]);
