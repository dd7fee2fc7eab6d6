// Kernel C of our own wording, one idiom each: what the preparation is for.
import { inFunction } from './parsers.ts';

export interface Idiom {
  name: string;
  source: string;
  /** Texts that nodes of a type have in the tree, blanks folded. */
  has?: Readonly<Record<string, readonly string[]>>;
}

export const idioms: readonly Idiom[] = [
  {
    name: 'attributes in every position of a head',
    source: `static int __net_init a_init(struct net *net) { return 0; }
static __net_exit void a_exit(struct net *net) { }
static int __init
b_init(void)
{
	return 0;
}
static struct pernet_operations __net_initdata a_ops = { .init = a_init };
static __net_initdata struct pernet_operations b_ops = { .exit = a_exit };
static struct pernet_operations c_ops __read_mostly = { .init = a_init };
`,
    has: {
      struct_specifier: ['struct pernet_operations'],
      function_declarator: ['a_init(struct net *net)', 'b_init(void)'],
    },
  },
  {
    name: 'members of what a pointer points at',
    source: inFunction(
      '(*p).a = 1;\n\tf((*p).b, (void *)(*p).c, (**q).d);\n\tg(offsetof(struct foo, a[(*p).n]));\n\treturn (*p).e;',
    ),
    has: {
      field_expression: ['p->a', 'p->b', 'p->c', '(**q).d', 'p->e'],
    },
  },
  {
    name: 'calls whose argument is what a pointer points at, and such a thing on two lines',
    source: inFunction('x = (*ops->get)(*p).a + f(*p).b + tbl[1](*p).c;\n\treturn (*p)\n\t\t.d;'),
    has: {
      call_expression: ['(*ops->get)(*p)', 'f(*p)', 'tbl[1](*p)'],
    },
  },
  {
    name: 'attributes with arguments',
    source: `static __printf(2, 3) void say(struct net *net, const char *format, ...);
struct foo { int a; u8 tail[] __counted_by(a); } __aligned(8);
static void hold(struct foo *f) __acquires(&f->lock) { }
static void f(void) { struct foo *p __free(kfree) = make(); }
`,
    has: { call_expression: ['make()'] },
  },
  {
    name: 'address space markers inside types',
    source: `static long f(struct file *file, char __user *buffer, void __percpu **slots)
{
	struct foo __rcu **table = (struct foo __rcu **)buffer;
	return table ? 1 : 0;
}
`,
    has: { identifier: ['buffer', 'table'] },
  },
  {
    name: 'attributes that no table knows',
    source: `FOO_SCOPE int one(struct net *net) { return 0; }
static int __made_up two(struct net *net) { return 0; }
struct bar { u32 x __my_align; };
static struct bar list[] __my_section = { { 1 } };
static cpumask_var_t mask __my_placing;
int three(void) __my_trailer;
`,
    has: { function_declarator: ['one(struct net *net)', 'two(struct net *net)', 'three(void)'] },
  },
  {
    name: 'attribute names as ordinary names',
    source: `struct pad { int __unused[2]; u8 bits:1, __unused2:7; };
${inFunction('\tx.__unused[0] = 1;\n\tx->__unused[1] = __copy(2);\n\t__free(x);')}`,
    has: { call_expression: ['__copy(2)', '__free(x)'] },
  },
  {
    name: 'macros that the file defines as attributes or as nothing',
    source: `#define MY_CALL __attribute__((cold))
#define nothing
static MY_CALL int f(void) { nothing return 0; }
`,
    has: { return_statement: ['return 0;'] },
  },
  {
    name: 'loop macros with a block and with a statement',
    source: inFunction(`	list_for_each_entry(pos, &net->list, member) {
		use(pos);
	}
	for_each_possible_cpu(cpu)
		use(cpu);
	for_each_net(net)
		if (net)
			++count;
	xt_entry_foreach(iter, entry0, size)
		++count;`),
    has: {
      while_statement: ['while (pos, &net->list, member) { use(pos); }', 'while (cpu) use(cpu);'],
      comma_expression: ['pos, &net->list, member'],
    },
  },
  {
    name: 'loop macros that no name gives away',
    source: `#define each_thing(t) for (t = first(); t; t = t->next)
${inFunction(`	each_thing(t)
		use(t);
	walk_queue(queue, skb) {
		use(skb);
	}
	skb_queue_walk(queue, skb)
		drop(skb);`)}`,
    has: {
      while_statement: ['while (t) use(t);', 'while (queue, skb) { use(skb); }', 'while (queue, skb) drop(skb);'],
    },
  },
  {
    name: 'loop macros without arguments, and ends of loops',
    source: inFunction(`	for_each_registered() {
		a();
	}
	do_each_task(p) {
		b(p);
	} while_each_task(p);`),
    has: { call_expression: ['a()', 'b(p)'] },
  },
  {
    name: 'guards and scopes',
    source: inFunction(`	guard(mutex)(&lock);
	scoped_guard(spinlock, &net->lock) {
		a();
	}
	scoped_guard(rcu)
		b();
	scoped_cond_guard(mutex_intr, return -EINTR, &lock) {
		c();
	}
	if_not_guard(mutex, &lock)
		return -EBUSY;`),
    has: {
      call_expression: ['guard(mutex)(&lock)', 'a()', 'b()', 'c()'],
      if_statement: ['if (mutex, &lock) return -EBUSY;'],
    },
  },
  {
    name: 'types as macro arguments',
    source: inFunction(`	net->mib = alloc_percpu(struct tcp_mib);
	foo = container_of(work, struct foo, work.work);
	foo = list_first_entry(&list, union foo, member);
	BUILD_BUG_ON(sizeof(struct cb) > sizeof_field(struct sk_buff, cb));
	BUILD_BUG_ON(offsetof(struct foo, bar.baz[1]) != 0);
	cache = KMEM_CACHE(foo, SLAB_ACCOUNT);
	n = min_t(unsigned int, a, b) + max_t(const u8 *, c, d);
	p = kzalloc_obj(struct foo *, GFP_KERNEL);
	q = va_arg(ap, char *);`),
    has: {
      call_expression: ['alloc_percpu( tcp_mib)', 'container_of(work, foo, work.work)'],
      offsetof_expression: ['offsetof(struct foo, bar )'],
    },
  },
  {
    name: 'typeof and alignof of expressions',
    source: inFunction(`	typeof(*p) *q = p;
	__typeof__(a + b) sum = (typeof(a))b;
	return __alignof__(*p) + __alignof__(struct foo);`),
    has: { init_declarator: ['*q = p'] },
  },
  {
    name: 'file-level macros with and without a semicolon',
    source: `DEFINE_PER_CPU(struct foo, foo_of_cpu);
EXPORT_SYMBOL_GPL(foo_get);
MODULE_LICENSE("GPL");
module_init(foo_init)
module_exit(foo_exit);
MODULE_ALIAS("net-pf-" __stringify(PF_FOO) "-proto");
late_initcall(foo_late)`,
    has: {
      call_expression: ['EXPORT_SYMBOL_GPL(foo_get)', 'module_exit(foo_exit)'],
      assignment_expression: ['module_init=foo_init', 'late_initcall=foo_late'],
    },
  },
  {
    name: 'variables that macros declare',
    source: `static DEFINE_MUTEX(foo_mutex);
static LIST_HEAD(foo_list);
static DECLARE_WORK(foo_work, foo_worker);
static DEFINE_PER_CPU(struct foo *, foo_of_cpu) = NULL;
static DEVICE_ATTR(mode, 0644, show_mode, store_mode);
`,
    has: {
      init_declarator: ['foo_work= foo_worker', 'mode= 0644| show_mode| store_mode'],
      type_identifier: ['DEFINE_MUTEX', 'LIST_HEAD'],
    },
  },
  {
    name: 'functions whose head is a macro',
    source: `SYSCALL_DEFINE2(foo, int, fd, struct foo __user *, arg)
{
	return do_foo(fd, arg);
}
static META_COLLECTOR(int_foo)
{
	dst->value = 1;
}
`,
    has: { call_expression: ['do_foo(fd, arg)'], compound_statement: ['{ dst->value = 1; }'] },
  },
  {
    name: 'macros among the members of a struct',
    source: `struct foo {
	DECLARE_BITMAP(active, MAX_FOO);
	DECLARE_FLEX_ARRAY(u8, data);
	IP_TUNNEL_DECLARE_FLAGS(flags);
	static_assert(A <= B);
	struct_group(head,
		u16 a;
		u16 b:1,
		    __unused:15;
		DECLARE_BITMAP(inner, 4);
	);
	unsigned :3;
	__u8:5;
	u32 (*read)(struct foo *foo);
	u8 c; /* doubled */;
};
`,
    has: {
      field_declaration: [
        'DECLARE_BITMAP active[ MAX_FOO];',
        'u8 data ;',
        'DECLARE_BITMAP inner[ 4];',
        'u16 a;',
        'u32 (*read)(struct foo *foo);',
      ],
    },
  },
  {
    name: 'macros without their semicolon inside a function',
    source: inFunction(`	ASSERTCMP(atomic_read(&n), ==, 0);
	MODFUNC(and, cf->id &= mod->id)
	TRACE_POINT(a, b)
	switch (x) {
	N(UP) N(DOWN)
	default:
		break;
	}
	LAST_ONE(a)`),
    has: { call_expression: ['atomic_read(&n)'], switch_statement: ['switch (x) { N=UP; N=DOWN; default: break; }'] },
  },
  {
    name: 'case ranges, labels before a brace and before declarations',
    source: `static int f(int x)
{
	switch (x) {
	case FIRST ... LAST:
		goto out;
	default:
	}
again:
	int y = 1;
	if (y)
		goto again;
out:	;
	{
		goto end;
end: 
	}
}
`,
    has: { goto_statement: ['goto out;', 'goto again;', 'goto end;'], statement_identifier: ['out', 'again', 'end'] },
  },
  {
    name: 'designators with ranges, paths and macros',
    source: `static struct foo foos[] = {
	COMMON_FIELDS
	OTHER_FIELDS(1)
	.name = "foo",
	[0 ... 9] = { .a.b[1] = 2 },
	CHANNEL(3) = { 1 },
	{ .timeout = 2 MINS },
};
enum { FOO_BIT(ONE), FOO_BIT(TWO), };
`,
    has: { initializer_pair: ['.name = "foo"', '.a.b[1] = 2'] },
  },
  {
    name: 'conditionals that split statements, chains and initialisers',
    source: `#ifdef CONFIG_FOO
static int f(int a)
#else
static int f(int b)
#endif
{
#if IS_ENABLED(CONFIG_A)
	if (a) {
		x();
	} else
#endif
	{
		y();
	}
	if (a)
		z();
	else
#ifndef CONFIG_B
		w();
#endif
}
static struct pernet_operations ops = {
	.init = f,
#ifdef CONFIG_PROC_FS
	.exit = g,
#endif
};
`,
    has: { call_expression: ['x()', 'y()', 'z()'], initializer_pair: ['.init = f', '.exit = g'] },
  },
  {
    name: 'inline assembler',
    source: inFunction(`	asm volatile("mov %0, %1" : "=r" (a) : [in] "r" (b) : "memory");
	asm goto("1: jmp %l[out]" : : : : out);
out:
	register long sp asm("sp");`),
    has: { labeled_statement: ['out: register long sp ;'] },
  },
  {
    name: 'statements, lists and nothing as arguments',
    source: inFunction(`	wait_event_cmd(queue, done, unlock(&l); , lock(&l));
	DEFINE_FREE(foo, struct foo *, if (_T) foo_put(_T))
	show(x, { 1, "one" }, { 2, "two" });
	retry({ a(); b(); });
	link_mode(1000baseT_Full, 802_3);`),
    has: { call_expression: ['unlock(&l)', 'lock(&l)', 'a()', 'b()'] },
  },
  {
    name: 'statement expressions and compound literals',
    source: inFunction(`	x = ({ int y = a(); y + 1; });
	*p = (struct foo){ .a = 1, .b = { 2 } };
	call((struct foo *)p, &(struct bar){ 1 });`),
    has: { call_expression: ['a()', 'call((struct foo *)p, &(struct bar){ 1 })'] },
  },
  {
    name: 'conditions without their own parentheses',
    source: inFunction('\tif unlikely(a)\n\t\treturn 1;\n\telse if (likely(b) && IS_ERR(c))\n\t\treturn 2;'),
    has: { return_statement: ['return 1;', 'return 2;'] },
  },
];
