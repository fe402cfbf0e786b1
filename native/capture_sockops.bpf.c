// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Carries the original destination of a captured connection from the application's socket to the proxy's, and keeps deliveries apart from
// clients' own connections.
#include <nodemesh/capture_rules.h>

#define AF_INET 2
#define SOL_SOCKET 1
#define SO_BINDTODEVICE 25
#define TCP_STATE_CLOSE 7
#define CONTINUE 1

/* The connection's name as its client's socket has it. Both families are read before the choice: reads in its branches would be joined. */
static __always_inline struct captured_flow flow_of_client(struct bpf_sock_ops *ctx, const struct dialled_destination *dialled)
{
	struct captured_flow flow = {
		.netns_cookie = dialled->netns_cookie,
		.client_port = ctx->local_port,
		.listener_port = dialled->listener_port,
		.client_address = READ_ADDRESS(ctx->local_ip6),
	};
	__be32 ipv4 = READ_FIELD(ctx->local_ip4);

	if (address_is_ipv4(&dialled->address))
		flow.client_address = address_of_ipv4(ipv4);
	return flow;
}

/* The socket has its port, and its SYN has not left. */
static __always_inline void note_client(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct dialled_destination *dialled = bpf_sk_storage_get(&dialled_destinations, sk, NULL, 0);
	struct original_destination original = {};
	struct captured_flow flow;

	if (!dialled)
		return;
	flow = flow_of_client(ctx, dialled);
	original.client_cookie = bpf_get_socket_cookie(ctx);
	original.address = dialled->address;
	original.port = dialled->port;
	bpf_map_update_elem(&original_destinations, &flow, &original, BPF_ANY);
	/* Tells when an attempt fails; other programs' wishes stay. */
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* An attempt that never reached the proxy must not lend its name to the next socket with this port. */
static __always_inline void forget_client(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct dialled_destination *dialled = bpf_sk_storage_get(&dialled_destinations, sk, NULL, 0);
	struct original_destination *original;
	struct captured_flow flow;

	if (!dialled)
		return;
	flow = flow_of_client(ctx, dialled);
	original = bpf_map_lookup_elem(&original_destinations, &flow);
	if (original && original->client_cookie == bpf_get_socket_cookie(ctx))
		bpf_map_delete_elem(&original_destinations, &flow);
}

/* The proxy's end: from here on the destination lives and dies with its socket. */
static __always_inline void note_proxy(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct captured_flow flow = {
		.listener_port = ctx->local_port,
		.client_address = READ_ADDRESS(ctx->remote_ip6),
	};
	struct original_destination *original, *accepted;
	__be32 client = READ_FIELD(ctx->remote_ip4);

	if (flow.listener_port != NODEMESH_PORT_OUTBOUND && flow.listener_port != NODEMESH_PORT_DNS)
		return;
	flow.netns_cookie = bpf_get_netns_cookie(ctx);
	flow.client_port = bpf_ntohl(ctx->remote_port);
	/* The listeners are IPv6 sockets that take both families: IPv4 shows by the local address alone. */
	if (READ_FIELD(ctx->local_ip4) == bpf_htonl(0x7f000001))
		flow.client_address = address_of_ipv4(client);
	original = bpf_map_lookup_elem(&original_destinations, &flow);
	if (!original)
		return;
	accepted = bpf_sk_storage_get(&accepted_destinations, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (accepted)
		*accepted = *original;
	bpf_map_delete_elem(&original_destinations, &flow);
}

/*
 * The application's end of a delivery stays with loopback. A client is free to use the port that a delivery in its name has; its packets
 * come by another device, and must not reach this socket. The proxy does the same with such a client's own connection (DeliveryPorts).
 */
static __always_inline void keep_to_loopback(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct pod_address client = READ_ADDRESS(ctx->remote_ip6);
	__be32 client4 = READ_FIELD(ctx->remote_ip4);
	char loopback[] = "lo";
	__u64 cookie;

	if ((sk->mark & NODEMESH_MARK_DELIVERY_MASK) != NODEMESH_MARK_DELIVERY)
		return;
	cookie = bpf_get_netns_cookie(ctx);
	if (ctx->family == AF_INET)
		client = address_of_ipv4(client4);
	/* In the name of the pod itself it is not sent by loopback explicitly, and no client has that name. */
	if (bpf_map_lookup_elem(&captured_namespaces, &cookie) && !is_own_address(cookie, &client))
		bpf_setsockopt(ctx, SOL_SOCKET, SO_BINDTODEVICE, loopback, sizeof(loopback));
}

SEC("sockops")
int capture_sockops(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return CONTINUE;
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		note_client(ctx, sk);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		note_proxy(ctx, sk);
		keep_to_loopback(ctx, sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == TCP_STATE_CLOSE)
			forget_client(ctx, sk);
		break;
	}
	return CONTINUE;
}

char _license[] SEC("license") = "GPL";
