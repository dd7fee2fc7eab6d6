/**
 * Netfilter's pairs: hooks, x_tables, ebtables, nf_tables, conntrack, logging, queueing.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const hookRows = `
netfilter hook | nf_register_net_hook | nf_unregister_net_hook | 0 1 | negative lasting exposes | net/netfilter/core.c
netfilter hooks | nf_register_net_hooks | nf_unregister_net_hooks | 0 1 | negative lasting exposes | net/netfilter/core.c
netfilter sockopt | nf_register_sockopt | nf_unregister_sockopt | 0 | negative lasting exposes | net/netfilter/nf_sockopt.c
netfilter queue handler | nf_register_queue_handler | nf_unregister_queue_handler | fixed | never lasting exposes | net/netfilter/nf_queue.c
netfilter logger | nf_log_register | nf_log_unregister | 1 > 0 | negative lasting exposes | net/netfilter/nf_log.c
netfilter log backend | nf_log_set | nf_log_unset | 0 2 > 0 1 | negative lasting | net/netfilter/nf_log.c
netfilter log binding | nf_log_bind_pf | nf_log_unbind_pf | 0 1 | negative lasting exposes | net/netfilter/nf_log.c

# x_tables and ebtables.
xt table template | xt_register_template | xt_unregister_template | fixed | negative lasting exposes | net/netfilter/x_tables.c
xt target | xt_register_target | xt_unregister_target | 0 | never lasting exposes zero | net/netfilter/x_tables.c
xt targets | xt_register_targets | xt_unregister_targets | 0 | never lasting exposes | net/netfilter/x_tables.c
xt match | xt_register_match | xt_unregister_match | 0 | never lasting exposes zero | net/netfilter/x_tables.c
xt matches | xt_register_matches | xt_unregister_matches | 0 | never lasting exposes | net/netfilter/x_tables.c
xt proc entries | xt_proto_init | xt_proto_fini | 0 1 | negative lasting exposes | net/netfilter/x_tables.c
xt table | xt_register_table | xt_unregister_table | result | error-pointer lasting exposes | net/netfilter/x_tables.c
iptables table | ipt_register_table | ipt_unregister_table_exit ipt_unregister_table | 0 | negative lasting exposes | net/ipv4/netfilter/ip_tables.c
ip6tables table | ip6t_register_table | ip6t_unregister_table_exit ip6t_unregister_table | 0 | negative lasting exposes | net/ipv6/netfilter/ip6_tables.c
arptables table | arpt_register_table | arpt_unregister_table | 0 | negative lasting exposes | net/ipv4/netfilter/arp_tables.c
ebtables table template | ebt_register_template | ebt_unregister_template | 0 | negative lasting exposes | net/bridge/netfilter/ebtables.c
ebtables table | ebt_register_table | ebt_unregister_table | 0 | negative lasting exposes | net/bridge/netfilter/ebtables.c

# nf_tables.
nf_tables expression | nft_register_expr | nft_unregister_expr | 0 | negative lasting exposes | net/netfilter/nf_tables_api.c
nf_tables object | nft_register_obj | nft_unregister_obj | 0 | negative lasting exposes | net/netfilter/nf_tables_api.c
nf_tables chain type | nft_register_chain_type | nft_unregister_chain_type | 0 | never lasting exposes | net/netfilter/nf_tables_api.c
nf_tables flowtable type | nft_register_flowtable_type | nft_unregister_flowtable_type | 0 | never lasting exposes | net/netfilter/nf_tables_api.c
flow table | nf_flow_table_init | nf_flow_table_free | 0 | negative used | net/netfilter/nf_flow_table_core.c

# Connection tracking and NAT. The enabling calls count their users per namespace.
conntrack hooks of a namespace | nf_ct_netns_get | nf_ct_netns_put | 0 1 | negative used | net/netfilter/nf_conntrack_proto.c
IPv4 defragmentation | nf_defrag_ipv4_enable | nf_defrag_ipv4_disable | 0 | negative used | net/ipv4/netfilter/nf_defrag_ipv4.c
IPv6 defragmentation | nf_defrag_ipv6_enable | nf_defrag_ipv6_disable | 0 | negative used | net/ipv6/netfilter/nf_defrag_ipv6_hooks.c
IPv4 SYN proxy | nf_synproxy_ipv4_init | nf_synproxy_ipv4_fini | 0 1 | negative used | net/netfilter/nf_synproxy_core.c
IPv6 SYN proxy | nf_synproxy_ipv6_init | nf_synproxy_ipv6_fini | 0 1 | negative used | net/netfilter/nf_synproxy_core.c
conntrack helper | nf_conntrack_helper_register | nf_conntrack_helper_unregister | 0 | negative lasting exposes | net/netfilter/nf_conntrack_helper.c
conntrack helpers | nf_conntrack_helpers_register | nf_conntrack_helpers_unregister | 0 | negative lasting exposes | net/netfilter/nf_conntrack_helper.c
conntrack NAT helper | nf_nat_helper_register | nf_nat_helper_unregister | 0 | never lasting | net/netfilter/nf_conntrack_helper.c
conntrack expectation function | nf_ct_helper_expectfn_register | nf_ct_helper_expectfn_unregister | 0 | never lasting exposes | net/netfilter/nf_conntrack_helper.c
conntrack event notifier | nf_conntrack_register_notifier | nf_conntrack_unregister_notifier | 0 | never lasting exposes | net/netfilter/nf_conntrack_ecache.c
conntrack labels of a namespace | nf_connlabels_get | nf_connlabels_put | 0 | negative | net/netfilter/nf_conntrack_labels.c
conntrack hash table | nf_ct_alloc_hashtable | kvfree | result | null memory used | net/netfilter/nf_conntrack_core.c
conntrack bridge support | nf_ct_bridge_register | nf_ct_bridge_unregister | 0 | never lasting exposes | net/netfilter/nf_conntrack_proto.c
conntrack template | nf_ct_tmpl_alloc | nf_ct_tmpl_free nf_ct_put | result | null memory used | net/netfilter/nf_conntrack_core.c
NAT hook | nf_nat_register_fn | nf_nat_unregister_fn | 0 1 2 | negative lasting exposes | net/netfilter/nf_nat_core.c
NAT hooks | nf_nat_ipv4_register_fn | nf_nat_ipv4_unregister_fn | 0 1 | negative lasting exposes | net/netfilter/nf_nat_proto.c
IPv6 NAT hooks | nf_nat_ipv6_register_fn | nf_nat_ipv6_unregister_fn | 0 1 | negative lasting exposes | net/netfilter/nf_nat_proto.c
inet NAT hooks | nf_nat_inet_register_fn | nf_nat_inet_unregister_fn | 0 1 | negative lasting exposes | net/netfilter/nf_nat_proto.c
masquerading notifiers | nf_nat_masquerade_inet_register_notifiers | nf_nat_masquerade_inet_unregister_notifiers | fixed | negative lasting exposes | net/netfilter/nf_nat_masquerade.c
IP set type | ip_set_type_register | ip_set_type_unregister | 0 | negative lasting exposes | net/netfilter/ipset/ip_set_core.c
`;
