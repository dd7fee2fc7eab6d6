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
next hop notifier | register_nexthop_notifier | unregister_nexthop_notifier __unregister_nexthop_notifier | 0 1 | negative lasting exposes | net/ipv4/nexthop.c
switchdev notifier | register_switchdev_notifier | unregister_switchdev_notifier | 0 | negative lasting exposes | net/switchdev/switchdev.c
blocking switchdev notifier | register_switchdev_blocking_notifier | unregister_switchdev_blocking_notifier | 0 | negative lasting exposes | net/switchdev/switchdev.c
data center bridging notifier | register_dcbevent_notifier | unregister_dcbevent_notifier | 0 | negative lasting exposes | net/dcb/dcbevent.c
drop reasons | drop_reasons_register_subsys | drop_reasons_unregister_subsys | 0 | never lasting | net/core/skbuff.c

# Netlink and rtnetlink.
generic netlink family | genl_register_family | genl_unregister_family | 0 | negative lasting exposes | net/netlink/genetlink.c
netlink kernel socket | netlink_kernel_create | netlink_kernel_release | result | null lasting exposes holds-net used | include/linux/netlink.h
netlink kernel socket | __netlink_kernel_create | netlink_kernel_release | result | null lasting exposes holds-net used | net/netlink/af_netlink.c
rtnl link ops | rtnl_link_register __rtnl_link_register | rtnl_link_unregister __rtnl_link_unregister | 0 | negative lasting exposes | net/core/rtnetlink.c rtnl_link_register | registered net device, net device memory
rtnl address family ops | rtnl_af_register | rtnl_af_unregister | 0 | never lasting exposes | net/core/rtnetlink.c
rtnl handler | rtnl_register_module | rtnl_unregister rtnl_unregister_all:1>0 | 1 2 > 0 1 | negative lasting exposes | net/core/rtnetlink.c
rtnl handler | rtnl_register | rtnl_unregister rtnl_unregister_all:0>0 | 0 1 | never lasting exposes | net/core/rtnetlink.c
rtnl handlers | rtnl_register_many | rtnl_unregister_many rtnl_unregister_all: | 0 | negative lasting exposes | include/net/rtnetlink.h
nfnetlink subsystem | nfnetlink_subsys_register | nfnetlink_subsys_unregister | 0 | negative lasting exposes | net/netfilter/nfnetlink.c
socket diagnostics | sock_diag_register | sock_diag_unregister | 0 | negative lasting exposes | net/core/sock_diag.c
socket diagnostics of old | sock_diag_register_inet_compat | sock_diag_unregister_inet_compat | 0 | never lasting exposes | net/core/sock_diag.c
inet diagnostics | inet_diag_register | inet_diag_unregister | 0 | negative lasting exposes | net/ipv4/inet_diag.c

# Sockets and their families.
socket family | sock_register | sock_unregister | fixed | negative lasting exposes holds-module | net/socket.c
# Hooks of ioctl(): who sets one to NULL takes it back, once nobody is in it.
bridge ioctl hook | brioctl_set | brioctl_set | fixed | never lasting exposes | net/socket.c
VLAN ioctl hook | vlan_ioctl_set | vlan_ioctl_set | fixed | never lasting exposes | net/socket.c
socket protocol | proto_register | proto_unregister | 0 | negative lasting used | net/core/sock.c
kernel socket | sock_create_kern | sock_release | &4 > 0 | negative lasting used not-null | net/socket.c
kernel socket | sock_create_lite | sock_release | &3 > 0 | negative lasting used not-null | net/socket.c
control socket | inet_ctl_sock_create | inet_ctl_sock_destroy | &0 > 0 | negative lasting used | net/ipv4/af_inet.c
UDP tunnel socket | udp_sock_create udp_sock_create4 udp_sock_create6 | udp_tunnel_sock_release sock_release | &2 > 0 | negative lasting used not-null | include/net/udp_tunnel.h
upper layer protocol | tcp_register_ulp | tcp_unregister_ulp | 0 | negative lasting exposes | net/ipv4/tcp_ulp.c
congestion control | tcp_register_congestion_control | tcp_unregister_congestion_control | 0 | negative lasting exposes | net/ipv4/tcp_cong.c
PPPoX protocol | register_pppox_proto | unregister_pppox_proto | 0 | negative lasting exposes holds-module | drivers/net/ppp/pppox.c

multipath TCP scheduler | mptcp_register_scheduler | mptcp_unregister_scheduler | 0 | negative lasting exposes | net/mptcp/sched.c
PPP compressor | ppp_register_compressor | ppp_unregister_compressor | 0 | negative lasting exposes | drivers/net/ppp/ppp_generic.c
PPP channel | ppp_register_net_channel | ppp_unregister_channel | 1 > 0 | negative lasting exposes | drivers/net/ppp/ppp_generic.c
PPP channel | ppp_register_channel | ppp_unregister_channel | 0 | negative lasting exposes | drivers/net/ppp/ppp_generic.c
socket memory | sk_alloc | sk_free sock_put | result | null memory not-null | net/core/sock.c
inet hash table | inet_hashinfo2_init_mod | inet_hashinfo2_free_mod | 0 | negative memory used | net/ipv4/inet_hashtables.c

# Packet handlers.
packet handler | dev_add_pack | dev_remove_pack __dev_remove_pack | 0 | never lasting exposes | net/core/dev.c
packet offload | dev_add_offload | dev_remove_offload | 0 | never lasting exposes | net/core/gro.c

receive handler | netdev_rx_handler_register | netdev_rx_handler_unregister | 0 | negative lasting exposes | net/core/dev.c
SNAP client | register_snap_client | unregister_snap_client | result | null lasting exposes not-null | net/802/psnap.c
802.2 client | register_8022_client | unregister_8022_client | result | null lasting exposes not-null | net/802/p8022.c
LLC service access point | llc_sap_open | llc_sap_close llc_sap_put | result | null lasting exposes not-null | net/llc/llc_core.c
spanning tree protocol | stp_proto_register | stp_proto_unregister | 0 | negative lasting exposes | net/802/stp.c
GARP application | garp_register_application | garp_unregister_application | 0 | negative lasting exposes | net/802/garp.c
MRP application | mrp_register_application | mrp_unregister_application | 0 | negative lasting exposes | net/802/mrp.c

# Devices.
net device memory | alloc_netdev | free_netdev | result | null memory not-null | include/linux/netdevice.h
net device memory | alloc_netdev_mq alloc_netdev_mqs alloc_etherdev alloc_etherdev_mq alloc_etherdev_mqs alloc_netdev_dummy | free_netdev | result | null memory not-null | net/core/dev.c alloc_netdev_mqs
registered net device | register_netdev register_netdevice | unregister_netdev unregister_netdevice unregister_netdevice_queue | 0 | negative lasting exposes | net/core/dev.c register_netdev | net device memory

GRO cells | gro_cells_init | gro_cells_destroy | 0 | negative memory used | net/core/gro_cells.c
dst cache | dst_cache_init | dst_cache_destroy | 0 | negative memory used | net/core/dst_cache.c
metadata dst | metadata_dst_alloc | metadata_dst_free | result | null memory used not-null | net/core/dst.c
page pool | page_pool_create | page_pool_destroy | result | error-pointer used | net/core/page_pool.c
devlink instance | devlink_alloc | devlink_free | result | null memory not-null | include/net/devlink.h
devlink instance | devlink_alloc_ns | devlink_free | result | null memory not-null | net/devlink/core.c
registered devlink instance | devlink_register | devlink_unregister | 0 | never lasting exposes | net/devlink/core.c

# Wireless and other link layers.
wireless hardware memory | wiphy_new | wiphy_free | result | null memory not-null | include/net/cfg80211.h
registered wireless hardware | wiphy_register | wiphy_unregister | 0 | negative lasting exposes | net/wireless/core.c
mac80211 hardware memory | ieee80211_alloc_hw ieee80211_alloc_hw_nm | ieee80211_free_hw | result | null memory not-null | include/net/mac80211.h
registered mac80211 hardware | ieee80211_register_hw | ieee80211_unregister_hw | 0 | negative lasting exposes | net/mac80211/main.c
802.15.4 device memory | wpan_phy_new | wpan_phy_free | result | null memory not-null | net/ieee802154/core.c
registered 802.15.4 device | wpan_phy_register | wpan_phy_unregister | 0 | negative lasting exposes | net/ieee802154/core.c
Bluetooth socket protocol | bt_sock_register | bt_sock_unregister | 0 | negative lasting exposes holds-module | net/bluetooth/af_bluetooth.c
Bluetooth proc entry | bt_procfs_init | bt_procfs_cleanup | 0 1 | negative lasting exposes | net/bluetooth/af_bluetooth.c
proc entry of wireless extensions | wext_proc_init | wext_proc_exit | 0 | negative lasting exposes holds-net | net/wireless/wext-proc.c
NFC protocol | nfc_proto_register | nfc_proto_unregister | 0 | negative lasting exposes | net/nfc/af_nfc.c

# Tables and counters that lie in a namespace.
dst entry counter | dst_entries_init | dst_entries_destroy | 0 | negative memory used | include/net/dst_ops.h
fragment queues | fqdir_init | fqdir_exit | &0 > 0 | negative lasting used not-null | net/ipv4/inet_fragment.c
fragment kind | inet_frags_init | inet_frags_fini | 0 | negative lasting used | net/ipv4/inet_fragment.c
neighbour table | neigh_table_init | neigh_table_clear | 0 1 | never lasting used | net/core/neighbour.c
neighbour sysctl entries | neigh_sysctl_register | neigh_sysctl_unregister | 1 > 0 | negative lasting exposes | net/core/neighbour.c
neighbour parameters | neigh_parms_alloc | neigh_parms_release | result > 1 | null used | net/core/neighbour.c
L3 master device lookup | l3mdev_table_lookup_register | l3mdev_table_lookup_unregister | 0 1 | negative lasting exposes | net/l3mdev/l3mdev.c
routing rules | fib_rules_register | fib_rules_unregister | result | error-pointer lasting used not-null | net/core/fib_rules.c
FIB notifier ops | fib_notifier_ops_register | fib_notifier_ops_unregister | result | error-pointer lasting exposes not-null | net/core/fib_notifier.c
# Bonding, and what drivers of devices register.
bonding debugfs directory | bond_create_debugfs | bond_destroy_debugfs | fixed | never lasting | drivers/net/bonding/bond_debugfs.c
page pool | page_pool_create_percpu | page_pool_destroy | result | error-pointer used | net/core/page_pool.c
indirect flow block callback | flow_indr_dev_register | flow_indr_dev_unregister | 0 1 | negative lasting exposes | net/core/flow_offload.c
PHY driver | phy_driver_register | phy_driver_unregister | 0 | negative lasting exposes | drivers/net/phy/phy_device.c
PHY drivers | phy_drivers_register | phy_drivers_unregister | 0 | negative lasting exposes | drivers/net/phy/phy_device.c
MDIO driver | mdio_driver_register | mdio_driver_unregister | 0 | negative lasting exposes | drivers/net/phy/mdio_device.c
MDIO bus memory | mdiobus_alloc mdiobus_alloc_size | mdiobus_free | result | null memory not-null | drivers/net/phy/mdio_bus.c mdiobus_alloc_size
registered MDIO bus | mdiobus_register __mdiobus_register | mdiobus_unregister | 0 | negative lasting exposes | drivers/net/phy/mdio_bus.c __mdiobus_register
radio switch memory | rfkill_alloc | rfkill_destroy | result | null memory | net/rfkill/core.c
registered radio switch | rfkill_register | rfkill_unregister | 0 | negative lasting exposes | net/rfkill/core.c
`;
