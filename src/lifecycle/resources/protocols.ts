/**
 * Pairs of the protocols: inet protocols, xfrm, tunnels, tc, IPVS, L2TP, SUNRPC, NFS and their like.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const protocolRows = `
# IP protocols. A protosw only makes socket() find the protocol: init callbacks open control sockets through it.
IPv4 protocol | inet_add_protocol | inet_del_protocol | 0 1 | negative lasting exposes | net/ipv4/protocol.c | | packet handler
IPv6 protocol | inet6_add_protocol | inet6_del_protocol | 0 1 | negative lasting exposes | net/ipv6/protocol.c | | packet handler
IPv4 offload | inet_add_offload | inet_del_offload | 0 1 | negative lasting exposes | net/ipv4/protocol.c
IPv6 offload | inet6_add_offload | inet6_del_offload | 0 1 | negative lasting exposes | net/ipv6/protocol.c
IPv4 socket type | inet_register_protosw | inet_unregister_protosw | 0 | never lasting used opens-sockets | net/ipv4/af_inet.c
IPv6 socket type | inet6_register_protosw | inet6_unregister_protosw | 0 | negative lasting used opens-sockets | net/ipv6/af_inet6.c
CAN protocol | can_proto_register | can_proto_unregister | 0 | negative lasting exposes holds-module | net/can/af_can.c
CAN receiver | can_rx_register | can_rx_unregister | 0 1 2 3 4 5 | negative lasting exposes | net/can/af_can.c
Phonet protocol | phonet_proto_register | phonet_proto_unregister | 0 1 | negative lasting exposes | net/phonet/af_phonet.c
vsock transport | vsock_core_register | vsock_core_unregister | 0 | negative lasting exposes | net/vmw_vsock/af_vsock.c
RDS transport | rds_trans_register | rds_trans_unregister | 0 | never lasting exposes | net/rds/transport.c
RDS information | rds_info_register_func | rds_info_deregister_func | 0 1 | never lasting exposes | net/rds/info.c
AF_ALG type | af_alg_register_type | af_alg_unregister_type | 0 | negative lasting exposes | crypto/af_alg.c
vport type | ovs_vport_ops_register __ovs_vport_ops_register | ovs_vport_ops_unregister | 0 | negative lasting exposes | net/openvswitch/vport.c __ovs_vport_ops_register
L2TP pseudowire | l2tp_nl_register_ops | l2tp_nl_unregister_ops | 0 | negative lasting exposes | net/l2tp/l2tp_netlink.c
GRE protocol | gre_add_protocol | gre_del_protocol | 0 1 | negative lasting exposes | net/ipv4/gre_demux.c

# IPsec and tunnels.
IPv4 tunnel handler | xfrm4_tunnel_register | xfrm4_tunnel_deregister | 0 1 | negative lasting exposes | net/ipv4/tunnel4.c
IPv6 tunnel handler | xfrm6_tunnel_register | xfrm6_tunnel_deregister | 0 1 | negative lasting exposes | net/ipv6/tunnel6.c
IPv4 xfrm protocol | xfrm4_protocol_register | xfrm4_protocol_deregister | 0 1 | negative lasting exposes | net/ipv4/xfrm4_protocol.c
IPv6 xfrm protocol | xfrm6_protocol_register | xfrm6_protocol_deregister | 0 1 | negative lasting exposes | net/ipv6/xfrm6_protocol.c
xfrm type | xfrm_register_type | xfrm_unregister_type | 0 1 | negative lasting exposes | net/xfrm/xfrm_state.c
xfrm offload type | xfrm_register_type_offload | xfrm_unregister_type_offload | 0 1 | negative lasting exposes | net/xfrm/xfrm_state.c
xfrm key manager | xfrm_register_km | xfrm_unregister_km | 0 | never lasting exposes | net/xfrm/xfrm_state.c
xfrm policy family | xfrm_policy_register_afinfo | xfrm_policy_unregister_afinfo | 0 | negative lasting exposes | net/xfrm/xfrm_policy.c
xfrm interface callbacks | xfrm_if_register_cb | xfrm_if_unregister_cb | fixed | never lasting exposes | net/xfrm/xfrm_policy.c

xfrm input family | xfrm_input_register_afinfo | xfrm_input_unregister_afinfo | 0 | negative lasting exposes | net/xfrm/xfrm_input.c
xfrm state family | xfrm_state_register_afinfo | xfrm_state_unregister_afinfo | 0 | negative lasting exposes | net/xfrm/xfrm_state.c
xfrm translator | xfrm_register_translator | xfrm_unregister_translator | 0 | negative lasting exposes | net/xfrm/xfrm_state.c
xfrm NAT keepalive | xfrm_nat_keepalive_init | xfrm_nat_keepalive_fini | 0 | negative lasting used | net/xfrm/xfrm_nat_keepalive.c
xfrm hash table | xfrm_hash_alloc | xfrm_hash_free | result | null memory used | net/xfrm/xfrm_hash.c
lightweight tunnel ops | lwtunnel_encap_add_ops | lwtunnel_encap_del_ops | 0 1 | negative lasting exposes | net/core/lwtunnel.c
IPv4 tunnel encapsulation | ip_tunnel_encap_add_ops | ip_tunnel_encap_del_ops | 0 1 | negative lasting exposes | net/ipv4/ip_tunnel.c
IPv6 tunnel encapsulation | ip6_tnl_encap_add_ops | ip6_tnl_encap_del_ops | 0 1 | negative lasting exposes | net/ipv6/ip6_tunnel.c
IP tunnels of a namespace | ip_tunnel_init_net | ip_tunnel_delete_nets | 1 | negative used | net/ipv4/ip_tunnel.c

# Traffic control. tcf_register_action() is not here: it registers a pernet_operations, and is followed into.
queueing discipline | register_qdisc | unregister_qdisc | 0 | negative lasting exposes | net/sched/sch_api.c
classifier | register_tcf_proto_ops | unregister_tcf_proto_ops | 0 | negative lasting exposes | net/sched/cls_api.c
ematch | tcf_em_register | tcf_em_unregister | 0 | negative lasting exposes | net/sched/ematch.c
action table | tc_action_net_init | tc_action_net_exit | fixed | negative lasting used | include/net/act_api.h
inter-FE metadata | register_ife_op | unregister_ife_op | 0 | negative lasting exposes | net/sched/act_ife.c

# IPVS.
IPVS scheduler | register_ip_vs_scheduler | unregister_ip_vs_scheduler | 0 | negative lasting exposes | net/netfilter/ipvs/ip_vs_sched.c
IPVS persistence engine | register_ip_vs_pe | unregister_ip_vs_pe | 0 | negative lasting exposes | net/netfilter/ipvs/ip_vs_pe.c
IPVS application | register_ip_vs_app | unregister_ip_vs_app | 0 1 | error-pointer lasting exposes | net/netfilter/ipvs/ip_vs_app.c
# SUNRPC and NFS.
RPC cache | cache_create_net | cache_destroy_net | result | error-pointer used | net/sunrpc/cache.c
registered RPC cache | cache_register_net | cache_unregister_net | 0 1 | negative lasting exposes | net/sunrpc/cache.c
RPC statistics entry | rpc_proc_register | rpc_proc_unregister | 0 | null lasting exposes | net/sunrpc/stats.c
RPC service statistics entry | svc_proc_register | svc_proc_unregister | 0 | null lasting exposes | net/sunrpc/stats.c
RPC authentication flavour | rpcauth_register | rpcauth_unregister | 0 | negative lasting exposes | net/sunrpc/auth.c
RPC service authentication flavour | svc_auth_register | svc_auth_unregister | 0 | negative lasting exposes | net/sunrpc/svcauth.c
GSS mechanism | gss_mech_register | gss_mech_unregister | 0 | negative lasting exposes | net/sunrpc/auth_gss/gss_mech_switch.c
RPC pipefs notifier | rpc_pipefs_notifier_register | rpc_pipefs_notifier_unregister | 0 | negative lasting exposes | net/sunrpc/rpc_pipe.c
RPC pipe data | rpc_mkpipe_data | rpc_destroy_pipe_data | result | error-pointer memory used | net/sunrpc/rpc_pipe.c
RPC client | rpc_create | rpc_shutdown_client | result | error-pointer used | net/sunrpc/clnt.c
RPC transport class | xprt_register_transport | xprt_unregister_transport | 0 | negative lasting exposes | net/sunrpc/xprt.c
RPC service transport class | svc_reg_xprt_class | svc_unreg_xprt_class | 0 | negative lasting exposes | net/sunrpc/svc_xprt.c
NFS version | register_nfs_version | unregister_nfs_version | 0 | never lasting exposes | fs/nfs/client.c
pNFS layout driver | pnfs_register_layoutdriver | pnfs_unregister_layoutdriver | 0 | negative lasting exposes | fs/nfs/pnfs.c
lock grace period | locks_start_grace | locks_end_grace | 1 > 0 | never lasting | fs/nfs_common/grace.c

# RDMA.
InfiniBand client | ib_register_client | ib_unregister_client | 0 | negative lasting exposes | drivers/infiniband/core/device.c
InfiniBand address client | ib_sa_register_client | ib_sa_unregister_client | 0 | never lasting used | drivers/infiniband/core/sa_query.c
RDMA link ops | rdma_link_register | rdma_link_unregister | 0 | never lasting exposes | drivers/infiniband/core/nldev.c
RDMA netlink handlers | rdma_nl_register | rdma_nl_unregister | 0 | never lasting exposes | drivers/infiniband/core/netlink.c
# What module inits of these protocols call in other files (list:unknown-calls on 6.12). What callbacks call in files
# beside their own is not here: it is followed.
RPC credential caches | rpcauth_init_module | rpcauth_remove_module | fixed | negative lasting | net/sunrpc/auth.c
lockd proc entries | lockd_create_procfs | lockd_remove_procfs | fixed | negative lasting exposes | fs/lockd/procfs.c
NFSv4 laundry workqueue | nfsd4_create_laundry_wq | nfsd4_destroy_laundry_wq | fixed | negative lasting used | fs/nfsd/nfs4state.c
NFSv4 slab caches | nfsd4_init_slabs | nfsd4_free_slabs | fixed | negative lasting used | fs/nfsd/nfs4state.c
NFS reply cache slab | nfsd_drc_slab_create | nfsd_drc_slab_free | fixed | negative lasting used | fs/nfsd/nfscache.c
pool of TCP signing requests | tcp_sigpool_alloc_ahash | tcp_sigpool_release | result | negative memory used | net/ipv4/tcp_sigpool.c
`;
