// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Hides the rewritten connection from the application: getpeername gives what it dialled, getsockname never loopback but its own address.
#include <nodemesh/capture_address.h>
#include <nodemesh/capture_maps.h>

/* The kernel (6.0 on) refuses any other verdict here. */
#define ALLOW 1

static __always_inline struct dialled_destination *dialled_by(struct bpf_sock *sk)
{
	return sk ? bpf_sk_storage_get(&dialled_destinations, sk, NULL, 0) : NULL;
}

/* A UDP socket that once asked a name server may be connected elsewhere now. */
static __always_inline bool is_rewritten(const struct dialled_destination *dialled, const struct pod_address *peer, __u16 port)
{
	return dialled && port == dialled->listener_port && address_is_loopback(peer) &&
	       address_is_ipv4(peer) == address_is_ipv4(&dialled->address);
}

SEC("cgroup/getpeername4")
int capture_getpeername4(struct bpf_sock_addr *ctx)
{
	struct dialled_destination *dialled = dialled_by(ctx->sk);
	struct pod_address peer = address_of_ipv4(ctx->user_ip4);

	if (is_rewritten(dialled, &peer, bpf_ntohs(ctx->user_port))) {
		ctx->user_ip4 = dialled->address.words[3];
		ctx->user_port = bpf_htons(dialled->port);
	}
	return ALLOW;
}

SEC("cgroup/getpeername6")
int capture_getpeername6(struct bpf_sock_addr *ctx)
{
	struct dialled_destination *dialled = dialled_by(ctx->sk);
	struct pod_address peer = READ_ADDRESS(ctx->user_ip6);

	if (is_rewritten(dialled, &peer, bpf_ntohs(ctx->user_port))) {
		WRITE_ADDRESS(ctx->user_ip6, &dialled->address);
		ctx->user_port = bpf_htons(dialled->port);
	}
	return ALLOW;
}

SEC("cgroup/getsockname4")
int capture_getsockname4(struct bpf_sock_addr *ctx)
{
	struct dialled_destination *dialled;
	struct captured_namespace *pod;

	if (ctx->user_ip4 != bpf_htonl(0x7f000001))
		return ALLOW;
	dialled = dialled_by(ctx->sk);
	pod = dialled ? bpf_map_lookup_elem(&captured_namespaces, &dialled->netns_cookie) : NULL;
	if (pod && pod->ipv4.words[3] != 0)
		ctx->user_ip4 = pod->ipv4.words[3];
	return ALLOW;
}

SEC("cgroup/getsockname6")
int capture_getsockname6(struct bpf_sock_addr *ctx)
{
	struct pod_address local = READ_ADDRESS(ctx->user_ip6);
	struct dialled_destination *dialled;
	struct captured_namespace *pod;
	struct pod_address *own;

	if (address_is_zero(&local) || !address_is_loopback(&local))
		return ALLOW;
	dialled = dialled_by(ctx->sk);
	pod = dialled ? bpf_map_lookup_elem(&captured_namespaces, &dialled->netns_cookie) : NULL;
	if (!pod)
		return ALLOW;
	own = address_is_ipv4(&local) ? &pod->ipv4 : &pod->ipv6;
	if (!address_is_zero(own)) {
		WRITE_ADDRESS(ctx->user_ip6, own);
	}
	return ALLOW;
}

char _license[] SEC("license") = "GPL";
