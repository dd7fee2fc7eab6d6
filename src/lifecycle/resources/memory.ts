/**
 * Memory and what is made of it: allocations, percpu memory, counters, hash tables, pages.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const memoryRows = `
memory | kmalloc kzalloc kcalloc kmalloc_array kmalloc_node kzalloc_node kvmalloc kvzalloc kvcalloc kvmalloc_array kmemdup kvmemdup kmemdup_array kmemdup_nul kstrdup kstrndup kasprintf kvasprintf | kfree kvfree kfree_sensitive kvfree_sensitive kfree_rcu kvfree_rcu kfree_rcu_mightsleep kvfree_rcu_mightsleep | result | null memory | include/linux/slab.h kmalloc
percpu memory | alloc_percpu alloc_percpu_gfp __alloc_percpu __alloc_percpu_gfp | free_percpu | result | null memory used | include/linux/percpu.h
percpu counter | percpu_counter_init | percpu_counter_destroy | 0 | negative memory used | include/linux/percpu_counter.h
hash table | rhashtable_init | rhashtable_destroy rhashtable_free_and_destroy | 0 | negative memory used | lib/rhashtable.c
hash list table | rhltable_init | rhltable_destroy rhltable_free_and_destroy | 0 | negative memory used | lib/rhashtable.c
`;
