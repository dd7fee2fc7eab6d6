/**
 * Pairs of the protocols: inet protocols, xfrm, tunnels, tc, IPVS, L2TP, SUNRPC, NFS and their like.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const protocolRows = `
# IP protocols. A protosw only makes socket() find the protocol: init callbacks open control sockets through it.
IPv4 protocol | inet_add_protocol | inet_del_protocol | 0 1 | negative lasting exposes | net/ipv4/protocol.c
IPv6 protocol | inet6_add_protocol | inet6_del_protocol | 0 1 | negative lasting exposes | net/ipv6/protocol.c
IPv4 offload | inet_add_offload | inet_del_offload | 0 1 | negative lasting exposes | net/ipv4/protocol.c
IPv6 offload | inet6_add_offload | inet6_del_offload | 0 1 | negative lasting exposes | net/ipv6/protocol.c
IPv4 socket type | inet_register_protosw | inet_unregister_protosw | 0 | never lasting | net/ipv4/af_inet.c
IPv6 socket type | inet6_register_protosw | inet6_unregister_protosw | 0 | negative lasting | net/ipv6/af_inet6.c
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

# IPVS.
IPVS scheduler | register_ip_vs_scheduler | unregister_ip_vs_scheduler | 0 | negative lasting exposes | net/netfilter/ipvs/ip_vs_sched.c
IPVS persistence engine | register_ip_vs_pe | unregister_ip_vs_pe | 0 | negative lasting exposes | net/netfilter/ipvs/ip_vs_pe.c
IPVS application | register_ip_vs_app | unregister_ip_vs_app | 0 1 | error-pointer lasting exposes | net/netfilter/ipvs/ip_vs_app.c
`;
