/**
 * The networking core's pairs: devices, notifiers, netlink, rtnetlink, packet handlers, sockets, per-net tables.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const networkingRows = `
# Notifiers. The two for netdevices replay the devices that exist, inside the call.
netdevice notifier | register_netdevice_notifier | unregister_netdevice_notifier | 0 | negative lasting exposes | net/core/dev.c
per-net netdevice notifier | register_netdevice_notifier_net | unregister_netdevice_notifier_net | 0 1 | negative lasting exposes | net/core/dev.c
per-device netdevice notifier | register_netdevice_notifier_dev_net | unregister_netdevice_notifier_dev_net | 0 1 2 | negative lasting exposes | net/core/dev.c
IPv4 address notifier | register_inetaddr_notifier | unregister_inetaddr_notifier | 0 | negative lasting exposes | net/ipv4/devinet.c
IPv4 address validator | register_inetaddr_validator_notifier | unregister_inetaddr_validator_notifier | 0 | negative lasting exposes | net/ipv4/devinet.c
IPv6 address notifier | register_inet6addr_notifier | unregister_inet6addr_notifier | 0 | negative lasting exposes | net/ipv6/addrconf_core.c
IPv6 address validator | register_inet6addr_validator_notifier | unregister_inet6addr_validator_notifier | 0 | negative lasting exposes | net/ipv6/addrconf_core.c
netevent notifier | register_netevent_notifier | unregister_netevent_notifier | 0 | negative lasting exposes | net/core/netevent.c
netlink notifier | netlink_register_notifier | netlink_unregister_notifier | 0 | negative lasting exposes | net/netlink/af_netlink.c
FIB notifier | register_fib_notifier | unregister_fib_notifier | 0 1 | negative lasting exposes | net/core/fib_notifier.c
next hop notifier | register_nexthop_notifier | unregister_nexthop_notifier | 0 1 | negative lasting exposes | net/ipv4/nexthop.c
switchdev notifier | register_switchdev_notifier | unregister_switchdev_notifier | 0 | negative lasting exposes | net/switchdev/switchdev.c
blocking switchdev notifier | register_switchdev_blocking_notifier | unregister_switchdev_blocking_notifier | 0 | negative lasting exposes | net/switchdev/switchdev.c
drop reasons | drop_reasons_register_subsys | drop_reasons_unregister_subsys | 0 | never lasting | net/core/skbuff.c

# Netlink and rtnetlink.
generic netlink family | genl_register_family | genl_unregister_family | 0 | negative lasting exposes | net/netlink/genetlink.c
netlink kernel socket | netlink_kernel_create | netlink_kernel_release | result | null lasting exposes used | include/linux/netlink.h
rtnl link ops | rtnl_link_register __rtnl_link_register | rtnl_link_unregister __rtnl_link_unregister | 0 | negative lasting exposes | net/core/rtnetlink.c
rtnl address family ops | rtnl_af_register | rtnl_af_unregister | 0 | never lasting exposes | net/core/rtnetlink.c
rtnl handler | rtnl_register_module | rtnl_unregister | 1 2 > 0 1 | negative lasting exposes | net/core/rtnetlink.c
rtnl handler | rtnl_register | rtnl_unregister | 0 1 | never lasting exposes | net/core/rtnetlink.c
rtnl handlers | rtnl_register_many | rtnl_unregister_many | 0 | negative lasting exposes | include/net/rtnetlink.h
nfnetlink subsystem | nfnetlink_subsys_register | nfnetlink_subsys_unregister | 0 | negative lasting exposes | net/netfilter/nfnetlink.c
socket diagnostics | sock_diag_register | sock_diag_unregister | 0 | negative lasting exposes | net/core/sock_diag.c
inet diagnostics | inet_diag_register | inet_diag_unregister | 0 | negative lasting exposes | net/ipv4/inet_diag.c

# Sockets and their families.
socket family | sock_register | sock_unregister | fixed | negative lasting exposes | net/socket.c
socket protocol | proto_register | proto_unregister | 0 | negative lasting used | net/core/sock.c
kernel socket | sock_create_kern | sock_release | &4 > 0 | negative lasting used | net/socket.c
kernel socket | sock_create_lite | sock_release | &3 > 0 | negative lasting used | net/socket.c
control socket | inet_ctl_sock_create | inet_ctl_sock_destroy | &0 > 0 | negative lasting used | net/ipv4/af_inet.c
UDP tunnel socket | udp_sock_create | udp_tunnel_sock_release | &2 > 0 | negative lasting used | include/net/udp_tunnel.h
upper layer protocol | tcp_register_ulp | tcp_unregister_ulp | 0 | negative lasting exposes | net/ipv4/tcp_ulp.c
congestion control | tcp_register_congestion_control | tcp_unregister_congestion_control | 0 | negative lasting exposes | net/ipv4/tcp_cong.c
PPPoX protocol | register_pppox_proto | unregister_pppox_proto | 0 | negative lasting exposes | drivers/net/ppp/pppox.c

# Packet handlers.
packet handler | dev_add_pack | dev_remove_pack __dev_remove_pack | 0 | never lasting exposes | net/core/dev.c
packet offload | dev_add_offload | dev_remove_offload | 0 | never lasting exposes | net/core/gro.c

# Devices.
net device memory | alloc_netdev | free_netdev | result | null memory | include/linux/netdevice.h
net device memory | alloc_netdev_mq alloc_netdev_mqs alloc_etherdev alloc_etherdev_mq alloc_etherdev_mqs alloc_netdev_dummy | free_netdev | result | null memory | net/core/dev.c alloc_netdev_mqs
registered net device | register_netdev register_netdevice | unregister_netdev unregister_netdevice unregister_netdevice_queue | 0 | negative lasting exposes | net/core/dev.c

# Tables and counters that lie in a namespace.
dst entry counter | dst_entries_init | dst_entries_destroy | 0 | negative memory used | include/net/dst_ops.h
fragment queues | fqdir_init | fqdir_exit | &0 > 0 | negative used | net/ipv4/inet_fragment.c
fragment kind | inet_frags_init | inet_frags_fini | 0 | negative lasting used | net/ipv4/inet_fragment.c
neighbour table | neigh_table_init | neigh_table_clear | 0 1 | never lasting used | net/core/neighbour.c
neighbour sysctl entries | neigh_sysctl_register | neigh_sysctl_unregister | 1 > 0 | negative lasting exposes | net/core/neighbour.c
neighbour parameters | neigh_parms_alloc | neigh_parms_release | result > 1 | null used | net/core/neighbour.c
routing rules | fib_rules_register | fib_rules_unregister | result | error-pointer lasting used | net/core/fib_rules.c
FIB notifier ops | fib_notifier_ops_register | fib_notifier_ops_unregister | result | error-pointer lasting exposes | net/core/fib_notifier.c
`;
