import { matchesOf } from './matches.ts';
import { droppingCalls, later } from './words.ts';

/** What a text has that says anything of what runs later. */
const anyLater = /work|timer|tasklet|WORK|TIMER|TASKLET/;
/** What runs later: a work item, a timer or a tasklet, by the expression that names it. */
const queueing =
  /\b(?:(?:schedule|(?:kthread_)?(?:queue|mod))_(?:delayed_)?work(?:_on)?|queue_rcu_work|mod_timer|timer_reduce|add_timer(?:_on)?|hrtimer_start(?:_range_ns)?|tasklet_(?:hi_)?schedule)\s*\(\s*(?:(?:\w|->|\.)+\s*,\s*)*&((?:\w|->|\.)+)\s*[,)]/g;
const queueingLate =
  /\b(?:kthread_)?(?:queue|mod)_delayed_work(?:_on\s*\(\s*[^,()]+,|\s*\()\s*((?:\w|->|\.)+)\s*,\s*&((?:\w|->|\.)+)\s*,/g;
const stopping =
  /\b(?:(?:(?:kthread_)?cancel|disable)_(?:delayed_)?work(?:_sync)?|(?:del_timer|timer_delete|timer_shutdown)(?:_sync)?|hrtimer_(?:try_to_)?cancel|tasklet_kill)\s*\(\s*&((?:\w|->|\.|\([^()]*\))+)\s*\)/g;
const dropping = new RegExp(String.raw`\b(?:${droppingCalls})\s*\(\s*&((?:\w|->|\.)+)\s*\)`, 'g');
const flushing = /\b(?:kthread_)?flush_(?:delayed_)?work\s*\(\s*&((?:\w|->|\.)+)\s*\)/g;
const settingUp =
  /\b(?:timer_setup|INIT_(?:(?:DELAYED|DEFERRABLE|RCU)_)?WORK|hrtimer_setup|kthread_init_(?:delayed_)?work|tasklet_(?:setup|init))\s*\(\s*&((?:\w|->|\.)+)\s*,\s*(\w+)\s*[,)]/g;
/** The function of such a timer stands in a statement of its own until 6.13 (include/linux/hrtimer.h). */
const settingUpByMember =
  /\bhrtimer_init\s*\(\s*&((?:\w|->|\.)+)\s*,(?=[^}]{0,2000}?(?<![\w.>])\1\.function\s*=\s*&?(\w+)\s*;)/g;
const settingUpTimer =
  /\b(?:timer_setup|hrtimer_setup|hrtimer_init|tasklet_(?:setup|init))\s*\(\s*&((?:\w|->|\.)+)\s*,/g;

/** The same where it is defined; prepared, such a macro is a declaration: `DECLARE_WORK foo= bar ;`. */
export const settingUpStatic =
  /\b(?:DECLARE_(?:(?:DELAYED|DEFERRABLE)_)?WORK|DEFINE_TIMER|DECLARE_TASKLET)\s*\(?\s*(\w+)\s*[,=]\s*(\w+)/g;
/** What nobody but who names it takes back again, whatever becomes of the module's own workqueues. */
const leaving =
  /\b(?:schedule_(?:delayed_)?work(?:_on)?|mod_timer|add_timer|tasklet_(?:hi_)?schedule)\s*\(\s*(?:\w+\s*,\s*)*&((?:\w|->|\.)+)\s*[,)]/g;

/** The work items and timers of a text: what they run, and what queues, stops and waits for them. */
export function* runsIn(text: string): Generator<string> {
  if (!anyLater.test(text)) return;
  for (const one of [settingUp, settingUpByMember, settingUpStatic])
    for (const match of matchesOf(text, one)) yield later.runs(match[1]!, match[2]!);
  for (const match of matchesOf(text, leaving)) yield later.leaves(match[1]!);
  for (const match of matchesOf(text, queueing)) yield later.queues(match[1]!);
  for (const match of matchesOf(text, queueingLate)) yield later.queuesLateOn(match[1]!, match[2]!);
  for (const match of matchesOf(text, stopping)) yield later.stops(match[1]!);
  for (const match of matchesOf(text, flushing)) yield later.waits(match[1]!);
  for (const match of matchesOf(text, settingUpTimer)) yield later.isTimer(match[1]!);
}

/** The work items and timers that a text queues, stops, waits for and sets up. */
export function* laterUsesIn(text: string): Generator<string> {
  if (!anyLater.test(text)) return;
  for (const match of matchesOf(text, queueing)) yield later.queues(match[1]!);
  for (const match of matchesOf(text, stopping)) yield later.stops(match[1]!);
  for (const match of matchesOf(text, flushing)) yield later.waits(match[1]!);
  for (const one of [settingUp, settingUpByMember])
    for (const match of matchesOf(text, one)) yield later.setsUp(match[1]!);
}

/** What of the later a text only takes off its queue. */
export function droppedIn(text: string): ReadonlySet<string> {
  if (!anyLater.test(text)) return none;
  const dropped = matchesOf(text, dropping).map((match) => match[1]!);
  const isMoreThanDropped = (each: string): boolean =>
    text.split(each).length - 1 > dropped.filter((other) => other.includes(each)).length;
  return new Set(dropped.filter((each) => !isMoreThanDropped(each)));
}

/** The text without the calls that take these off. */
export function withoutDropped(text: string, dropped: ReadonlySet<string>): string {
  if (dropped.size === 0) return text;
  return text.replace(dropping, (call, each: string) => (dropped.has(each) ? ' '.repeat(call.length) : call));
}

const none: ReadonlySet<string> = new Set();
