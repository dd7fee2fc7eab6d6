/**
 * Pairs of kernels before 6.1, which later ones have no more: for trees that are kept alive, and for old commits.
 * The columns are told at `pairsFromRows`; the place each row names is of the kernels that have it (2.6.26 to 5.17).
 */
export const olderRows = `
# /proc and /proc/sys up to 3.9.
net proc entry | proc_net_fops_create | proc_net_remove | 0 1 | null lasting exposes holds-net | fs/proc/proc_net.c
proc entry | create_proc_entry create_proc_read_entry | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting exposes | fs/proc/generic.c
sysctl table | register_net_sysctl_table register_net_sysctl_rotable | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes keeps-table | net/sysctl_net.c
sysctl table | register_sysctl_paths register_sysctl_table | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes keeps-table | kernel/sysctl.c

# Netlink: up to 3.18 what is registered with a family goes with it.
generic netlink family | genl_register_family_with_ops genl_register_family_with_ops_groups | genl_unregister_family | 0 | negative lasting exposes | include/net/genetlink.h
rtnl handler | __rtnl_register | rtnl_unregister rtnl_unregister_all:0>0 | 0 1 | negative lasting exposes | net/core/rtnetlink.c

# Netfilter hooks of all namespaces at once, up to 4.12; conntrack's and NAT's protocols.
global netfilter hook | nf_register_hook | nf_unregister_hook | 0 | negative lasting exposes | net/netfilter/core.c
global netfilter hooks | nf_register_hooks | nf_unregister_hooks | 0 1 | negative lasting exposes | net/netfilter/core.c
xt hooks | xt_hook_link | xt_hook_unlink | result > 1 | error-pointer lasting exposes | net/netfilter/x_tables.c
netfilter address family | nf_register_afinfo | nf_unregister_afinfo | 0 | negative lasting exposes | net/netfilter/core.c
conntrack extension | nf_ct_extend_register | nf_ct_extend_unregister | 0 | negative lasting | net/netfilter/nf_conntrack_extend.c
conntrack layer 3 protocol | nf_ct_l3proto_register nf_conntrack_l3proto_register | nf_ct_l3proto_unregister nf_conntrack_l3proto_unregister | 0 | negative lasting exposes | net/netfilter/nf_conntrack_proto.c
conntrack layer 4 protocol | nf_ct_l4proto_register nf_ct_l4proto_register_one nf_conntrack_l4proto_register | nf_ct_l4proto_unregister nf_ct_l4proto_unregister_one nf_conntrack_l4proto_unregister | 0 | negative lasting exposes | net/netfilter/nf_conntrack_proto.c
conntrack layer 3 protocol of a namespace | nf_ct_l3proto_pernet_register | nf_ct_l3proto_pernet_unregister | 0 1 | negative used | net/netfilter/nf_conntrack_proto.c
conntrack layer 4 protocol of a namespace | nf_ct_l4proto_pernet_register nf_ct_l4proto_pernet_register_one | nf_ct_l4proto_pernet_unregister nf_ct_l4proto_pernet_unregister_one | 0 1 | negative used | net/netfilter/nf_conntrack_proto.c
NAT layer 3 protocol | nf_nat_l3proto_register | nf_nat_l3proto_unregister | 0 | negative lasting exposes | net/netfilter/nf_nat_core.c
NAT layer 4 protocol | nf_nat_l4proto_register | nf_nat_l4proto_unregister | 0 1 | negative lasting exposes | net/netfilter/nf_nat_core.c
NAT protocol | nf_nat_protocol_register | nf_nat_protocol_unregister | 0 | negative lasting exposes | net/ipv4/netfilter/nf_nat_core.c

# Others.
fragments of a namespace | inet_frags_init_net | inet_frags_exit_net | 0 | negative used | net/ipv4/inet_fragment.c
statistics of a namespace | snmp_mib_init | snmp_mib_free | 0 | negative memory | net/ipv4/af_inet.c
RPC cache of all namespaces | cache_register | cache_unregister | 0 | negative lasting exposes | net/sunrpc/cache.c
MPLS over GRE | ipgre_tunnel_encap_add_mpls_ops | ipgre_tunnel_encap_del_mpls_ops | fixed | negative lasting exposes | net/mpls/af_mpls.c
`;
