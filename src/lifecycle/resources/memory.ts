/**
 * Memory and what is made of it: allocations, percpu memory, counters, hash tables, pages.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const memoryRows = `
memory | kmalloc kzalloc kcalloc kmalloc_array kmalloc_node kzalloc_node kcalloc_node kmalloc_array_node kmalloc_obj kmalloc_objs kmalloc_flex kzalloc_obj kzalloc_objs kzalloc_flex kmemdup kmemdup_array kmemdup_nul kstrdup kstrndup kasprintf | kfree kvfree kfree_sensitive kvfree_sensitive kfree_rcu kvfree_rcu kfree_rcu_mightsleep kvfree_rcu_mightsleep | result | null memory | include/linux/slab.h kmalloc
memory | kvmalloc kvzalloc kvmalloc_node kvzalloc_node kvcalloc kvmalloc_array kvmalloc_obj kvmalloc_objs kvmalloc_flex kvzalloc_obj kvzalloc_objs kvzalloc_flex kvmemdup kvasprintf | kvfree kfree kfree_sensitive kvfree_sensitive kfree_rcu kvfree_rcu kfree_rcu_mightsleep kvfree_rcu_mightsleep | result | null memory | include/linux/slab.h kvmalloc
percpu memory | alloc_percpu alloc_percpu_gfp __alloc_percpu __alloc_percpu_gfp | free_percpu | result | null memory used | include/linux/percpu.h
percpu counter | percpu_counter_init | percpu_counter_destroy | 0 | negative memory used | include/linux/percpu_counter.h
hash table | rhashtable_init | rhashtable_destroy rhashtable_free_and_destroy | 0 | negative memory used | include/linux/rhashtable-types.h
hash list table | rhltable_init | rhltable_destroy rhltable_free_and_destroy | 0 | negative memory used | include/linux/rhashtable-types.h
memory | memdup_user memdup_user_nul strndup_user vmemdup_user memdup_sockptr memdup_sockptr_nul xt_hook_ops_alloc | kfree kvfree kfree_sensitive | result | error-pointer memory | mm/util.c
memory | vmalloc vzalloc vmalloc_node vzalloc_node __vmalloc vmalloc_user vmalloc_huge | vfree vfree_atomic kvfree kvfree_sensitive kfree_rcu kvfree_rcu kfree_rcu_mightsleep kvfree_rcu_mightsleep | result | null memory | include/linux/vmalloc.h
memory | xt_alloc_table_info | xt_free_table_info | result | null memory | net/netfilter/x_tables.c
constant string | kstrdup_const | kfree_const | result | null memory | mm/util.c
percpu memory | netdev_alloc_pcpu_stats | free_percpu | result | null memory used | include/linux/netdevice.h
slab object | kmem_cache_alloc kmem_cache_zalloc kmem_cache_alloc_node kmem_cache_alloc_lru | kmem_cache_free | result > 1 | null memory | include/linux/slab.h
pages | __get_free_pages | free_pages | result | null memory | include/linux/gfp.h
page | __get_free_page get_zeroed_page | free_page free_pages | result | null memory | include/linux/gfp.h
page | alloc_page alloc_pages alloc_pages_node | __free_page __free_pages | result | null memory | include/linux/gfp.h
memory pool | mempool_create mempool_create_slab_pool mempool_create_kmalloc_pool mempool_create_page_pool mempool_create_node | mempool_destroy | result | null lasting used | include/linux/mempool.h
embedded memory pool | mempool_init mempool_init_slab_pool mempool_init_kmalloc_pool | mempool_exit | 0 | negative lasting used | include/linux/mempool.h
bitmap | bitmap_alloc bitmap_zalloc bitmap_alloc_node bitmap_zalloc_node | bitmap_free | result | null memory | lib/bitmap.c
CPU mask | alloc_cpumask_var zalloc_cpumask_var alloc_cpumask_var_node zalloc_cpumask_var_node | free_cpumask_var | &0 | null memory | include/linux/cpumask.h
percpu counters | percpu_counter_init_many | percpu_counter_destroy_many | 0 | negative memory used | include/linux/percpu_counter.h
RPC call counts | svc_stat_alloc_counts | svc_stat_free_counts | 0 | negative memory used | net/sunrpc/svc.c
percpu reference | percpu_ref_init | percpu_ref_exit | 0 | negative used | lib/percpu-refcount.c
percpu semaphore | percpu_init_rwsem | percpu_free_rwsem | 0 | negative memory used | include/linux/percpu-rwsem.h
SRCU domain | init_srcu_struct | cleanup_srcu_struct | 0 | negative lasting used | include/linux/srcu.h
LRU list | list_lru_init list_lru_init_memcg | list_lru_destroy | 0 | negative memory used | include/linux/list_lru.h
number | ida_alloc ida_alloc_min ida_alloc_max ida_alloc_range ida_simple_get | ida_free ida_simple_remove ida_destroy: | result > 1 | negative memory | include/linux/idr.h
identifier | idr_alloc idr_alloc_cyclic | idr_remove idr_destroy: | result > 1 | negative memory | lib/idr.c
pointer ring | ptr_ring_init | ptr_ring_cleanup | 0 | negative memory used | include/linux/ptr_ring.h
text search | textsearch_prepare | textsearch_destroy | result | error-pointer memory used | lib/textsearch.c
device memory mapping | ioremap ioremap_wc ioremap_uc | iounmap | result | null memory | include/asm-generic/io.h
socket filter | bpf_prog_create bpf_prog_create_from_user | bpf_prog_destroy | &0 > 0 | negative memory used | net/core/filter.c
pool of DMA memory | dma_pool_create | dma_pool_destroy | result | null memory used | mm/dmapool.c
set of bios | bioset_init | bioset_exit | 0 | negative memory used | block/bio.c
`;
