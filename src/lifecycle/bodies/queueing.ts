/** Calls that queue a work item, and which argument that is (include/linux/workqueue.h, kthread.h). */
export const queueingWork: ReadonlyMap<string, number> = new Map([
  ['schedule_work', 0],
  ['schedule_delayed_work', 0],
  ['schedule_work_on', 1],
  ['schedule_delayed_work_on', 1],
  ['queue_work', 1],
  ['queue_rcu_work', 1],
  ['queue_delayed_work', 1],
  ['mod_delayed_work', 1],
  ['queue_work_on', 2],
  ['queue_delayed_work_on', 2],
  ['mod_delayed_work_on', 2],
  ['kthread_queue_work', 1],
  ['kthread_queue_delayed_work', 1],
  ['kthread_mod_delayed_work', 1],
]);

/** Calls that leave a work item, a timer or a tasklet to run later, and which argument that is (include/linux/timer.h, hrtimer.h, interrupt.h). */
export const arming: ReadonlyMap<string, number> = new Map([
  ...queueingWork,
  ['mod_timer', 0],
  ['timer_reduce', 0],
  ['add_timer', 0],
  ['add_timer_on', 0],
  ['hrtimer_start', 0],
  ['hrtimer_start_range_ns', 0],
  ['tasklet_schedule', 0],
  ['tasklet_hi_schedule', 0],
]);
