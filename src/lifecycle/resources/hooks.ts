/**
 * Netfilter's pairs: hooks, x_tables, ebtables, nf_tables, conntrack, logging, queueing.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const hookRows = `
netfilter hook | nf_register_net_hook | nf_unregister_net_hook | 0 1 | negative lasting exposes | net/netfilter/core.c
netfilter hooks | nf_register_net_hooks | nf_unregister_net_hooks | 0 1 | negative lasting exposes | net/netfilter/core.c
netfilter sockopt | nf_register_sockopt | nf_unregister_sockopt | 0 | negative lasting exposes | net/netfilter/nf_sockopt.c
netfilter queue handler | nf_register_queue_handler | nf_unregister_queue_handler | fixed | never lasting exposes | net/netfilter/nf_queue.c
netfilter logger | nf_log_register | nf_log_unregister | 1 > 0 | negative lasting | net/netfilter/nf_log.c
netfilter log backend | nf_log_set | nf_log_unset | 0 2 > 0 1 | negative lasting | net/netfilter/nf_log.c

# x_tables and ebtables.
xt table template | xt_register_template | xt_unregister_template | 0 | negative lasting exposes | net/netfilter/x_tables.c
xt target | xt_register_target | xt_unregister_target | 0 | negative lasting exposes | net/netfilter/x_tables.c
xt targets | xt_register_targets | xt_unregister_targets | 0 | negative lasting exposes | net/netfilter/x_tables.c
xt match | xt_register_match | xt_unregister_match | 0 | negative lasting exposes | net/netfilter/x_tables.c
xt matches | xt_register_matches | xt_unregister_matches | 0 | negative lasting exposes | net/netfilter/x_tables.c
xt proc entries | xt_proto_init | xt_proto_fini | 0 1 | negative lasting exposes | net/netfilter/x_tables.c
iptables table | ipt_register_table | ipt_unregister_table_exit | 0 | negative lasting exposes | net/ipv4/netfilter/ip_tables.c
ip6tables table | ip6t_register_table | ip6t_unregister_table_exit | 0 | negative lasting exposes | net/ipv6/netfilter/ip6_tables.c
arptables table | arpt_register_table | arpt_unregister_table | 0 | negative lasting exposes | net/ipv4/netfilter/arp_tables.c
ebtables table template | ebt_register_template | ebt_unregister_template | 0 | negative lasting exposes | net/bridge/netfilter/ebtables.c
ebtables table | ebt_register_table | ebt_unregister_table | 0 | negative lasting exposes | net/bridge/netfilter/ebtables.c

# nf_tables.
nf_tables expression | nft_register_expr | nft_unregister_expr | 0 | negative lasting exposes | net/netfilter/nf_tables_api.c
nf_tables object | nft_register_obj | nft_unregister_obj | 0 | negative lasting exposes | net/netfilter/nf_tables_api.c
nf_tables chain type | nft_register_chain_type | nft_unregister_chain_type | 0 | never lasting exposes | net/netfilter/nf_tables_api.c
nf_tables flowtable type | nft_register_flowtable_type | nft_unregister_flowtable_type | 0 | never lasting exposes | net/netfilter/nf_tables_api.c
`;
