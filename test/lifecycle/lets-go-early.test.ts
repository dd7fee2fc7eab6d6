import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** What the exit does. */
  readonly exit?: string;
  /** How the bearer is counted in. */
  readonly disable?: string;
}

/** An ops whose exit waits for the works that close sockets of the namespace, and what such a work does. */
const withBearers = (cleanup: string, { exit = wait, disable = '' }: Parts = {}): string => `
struct foo_net {
	atomic_t count;
	spinlock_t lock;
	wait_queue_head_t idle;
	int closed;
};

struct foo_bearer {
	struct socket *sock;
	struct net *net;
	struct work_struct work;
};

static unsigned int foo_net_id;

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static void foo_cleanup(struct work_struct *work)
{
	struct foo_bearer *b = container_of(work, struct foo_bearer, work);
${cleanup}
}

void foo_disable(struct foo_bearer *b)
{
	${disable}
	atomic_inc(&foo_pernet(sock_net(b->sock->sk))->count);
	INIT_WORK(&b->work, foo_cleanup);
	schedule_work(&b->work);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	atomic_set(&fn->count, 0);
	spin_lock_init(&fn->lock);
	init_waitqueue_head(&fn->idle);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const wait = `	while (atomic_read(&fn->count))
		cond_resched();`;

const socket = `
	atomic_dec(&foo_pernet(sock_net(b->sock->sk))->count);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: lets go of foo_net->count by atomic_dec(), for which the exit of foo_net_ops waits, and only then comes to udp_tunnel_sock_release(b->sock)
	udp_tunnel_sock_release(b->sock);
	kfree(b);`;

const data = `	struct foo_net *fn = foo_pernet(sock_net(b->sock->sk));

	sock_release(b->sock);
	atomic_dec(&fn->count);
//	^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: lets go of foo_net->count by atomic_dec(), for which the exit of foo_net_ops waits, and only then comes to spin_lock_bh(&fn->lock)
	spin_lock_bh(&fn->lock);
	fn->closed++;
	spin_unlock_bh(&fn->lock);
	kfree(b);`;

const unmarked = (text: string): string => text.replace(/^\/\/.*\n/gm, '');

describe('a work that counts itself out, which an exit waits for, before it is done', () => {
  it('is told where it closes a socket of the namespace after that', () => {
    check(withBearers(socket));
  });

  it('is told where it uses the data after that', () => {
    check(withBearers(data));
    check(withBearers(data, { exit: '	wait_event(fn->idle, !atomic_read(&fn->count));' }));
    check(withBearers(data, { exit: '	wait_var_event(&fn->count, !atomic_read(&fn->count));' }));
  });

  it('is told where a helper of the exit waits', () => {
    const helper = `static void foo_settle(struct foo_net *fn)
{
${wait}
}

static int __net_init foo_net_init`;
    check(withBearers(data, { exit: '	foo_settle(fn);' }).replace('static int __net_init foo_net_init', () => helper));
  });

  const quiet = unmarked(data);
  const late = (text: string): string => quiet.replace('	kfree(b);', (end) => `	${text}\n${end}`);
  it.each([
    ['it counts itself out of something else at last', withBearers(late('atomic_dec(&foo_running);'))],
    ['it tells that it is done at last', withBearers(late('complete(&foo_done);'))],
    [
      'it holds a lock until it is done',
      withBearers(late('up_read(&foo_sem);').replace('	sock_release', '	down_read(&foo_sem);\n$&')),
    ],
    ["it holds a user's socket", withBearers(late('sock_put(b->sock->sk);'))],
    ['the exit only throttles', withBearers(quiet, { exit: wait.replace('->count)', '$& >= 16') })],
    [
      'the exit asks for more',
      withBearers(quiet, { exit: wait.replace('->count)', '$& || atomic_read(&foo_running)') }),
    ],
    ['the exit waits for more', withBearers(quiet, { exit: `${wait}\n	wait_event(foo_idle, foo_is_idle());` })],
    ['the exit takes a lock after that', withBearers(quiet, { exit: `${wait}\n	down_write(&foo_sem);` })],
    [
      'another callback of the ops waits',
      withBearers(quiet)
        .replace('	.exit = foo_net_exit,\n', '$&	.exit_batch = foo_nets_exit,\n')
        .replace(
          'static struct pernet_operations',
          'static void __net_exit foo_nets_exit(struct list_head *nets)\n{\n	synchronize_rcu();\n}\n\n$&',
        ),
    ],
    [
      'who takes the device down waits for it',
      withBearers(quiet).replace(
        'static int __net_init foo_net_init',
        'void foo_uninit(struct foo_bearer *b)\n{\n	flush_work(&b->work);\n}\n\n$&',
      ),
    ],
    [
      'only the address is used',
      withBearers(`	struct foo_net *fn = foo_pernet(sock_net(b->sock->sk));

	sock_release(b->sock);
	atomic_dec(&fn->count);
	foo_note(hash_ptr(fn, 4));
	kfree(b);`),
    ],
  ])('is left alone where %s', (_, module) => {
    check(module);
  });

  it('is left alone where it counts itself out last', () => {
    check(
      withBearers(`	struct foo_net *fn = foo_pernet(sock_net(b->sock->sk));

	udp_tunnel_sock_release(b->sock);
	synchronize_net();
	atomic_dec(&fn->count);
	kfree(b);`),
    );
  });

  it('is left alone where it only tells who waits after that', () => {
    for (const tell of ['wake_up(&fn->idle);', 'wake_up_var(&fn->count);'])
      check(
        withBearers(
          `	struct foo_net *fn = foo_pernet(sock_net(b->sock->sk));

	udp_tunnel_sock_release(b->sock);
	if (atomic_dec_and_test(&fn->count))
		${tell}
	kfree(b);`,
          { exit: '	wait_event(fn->idle, !atomic_read(&fn->count));' },
        ),
      );
  });

  it('is left alone where a log only shows where the data lies', () => {
    check(
      withBearers(`	struct foo_net *fn = foo_pernet(sock_net(b->sock->sk));

	sock_release(b->sock);
	atomic_dec(&fn->count);
	pr_debug("%p is done\\n", fn);
	kfree(b);`),
    );
  });

  it('is left alone where pre_exit waits, behind which the core does', () => {
    check(withBearers(unmarked(data)).replace('.exit = foo_net_exit', '.pre_exit = foo_net_exit'));
  });

  it('is left alone where the socket is not the one by which the namespace is found', () => {
    check(
      withBearers(`	atomic_dec(&foo_pernet(b->net)->count);
	sock_release(b->sock);
	kfree(b);`),
    );
  });

  it('is left alone where it holds the namespace', () => {
    check(withBearers(`${unmarked(data)}\n	put_net(b->net);`, { disable: 'get_net(b->net);' }));
  });

  it('is left alone where the exit ends the work, or waits for something else behind that', () => {
    for (const more of [
      'flush_work(&foo_last);',
      'flush_scheduled_work();',
      'spin_lock_bh(&fn->lock);\n	spin_unlock_bh(&fn->lock);',
      'foo_wait_for_all(net);',
      'foo_settle(net);',
    ])
      check(withBearers(unmarked(data), { exit: `${wait}\n	${more}` }));
    check(withBearers(unmarked(data), { exit: `	cancel_work_sync(&foo_last->work);\n${wait}` }));
    const onOwn = withBearers(unmarked(data), { exit: `	flush_workqueue(foo_wq);\n${wait}` });
    check(onOwn.replace('schedule_work(', 'queue_work(foo_wq, '));
  });

  it('is left alone where the exit waits for another counter, or only for a time', () => {
    check(withBearers(unmarked(data), { exit: wait.replace('count', 'others') }));
    check(withBearers(unmarked(data), { exit: '	wait_event_timeout(fn->idle, !atomic_read(&fn->count), HZ);' }));
  });

  it('is left alone where it counts itself in again', () => {
    check(withBearers(unmarked(data).replace('	kfree(b);', '	atomic_inc(&fn->count);\n	schedule_work(&b->work);')));
  });
});
