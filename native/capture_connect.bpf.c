// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Sends the connections that captured pods open to the proxy's listeners in their namespace, and remembers where they were to go.
#include <linux/in.h>
#include <nodemesh/capture_rules.h>

#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define ALLOW 1

/* The parts of sockaddr_in and sockaddr_in6 that bpf_bind reads. */
struct ipv4_name {
	__u16 family;
	__be16 port;
	__be32 address;
	__u8 zero[8];
};

struct ipv6_name {
	__u16 family;
	__be16 port;
	__u32 flow;
	struct pod_address address;
	__u32 scope;
};

/* The listener that takes this connection, or 0. */
static __always_inline __u16 listener_for(struct bpf_sock_addr *ctx, __u64 cookie, __u32 flags, const struct pod_address *to, __u16 port)
{
	if (ctx->type == SOCK_STREAM && ctx->protocol == IPPROTO_TCP)
		return outbound_listener(cookie, flags, to, port);
	if (ctx->type == SOCK_DGRAM && ctx->protocol == IPPROTO_UDP && captures_dns(cookie, flags, to, port))
		return NODEMESH_PORT_DNS;
	return 0;
}

static __always_inline bool remember(struct bpf_sock *sk, __u64 cookie, const struct pod_address *to, __u16 port, __u16 listener)
{
	struct dialled_destination *dialled = bpf_sk_storage_get(&dialled_destinations, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!dialled)
		return false;
	dialled->netns_cookie = cookie;
	dialled->address = *to;
	dialled->port = port;
	dialled->listener_port = listener;
	return true;
}

/*
 * A connection to loopback would come from loopback, and the proxy has to see who calls: so the socket gets the pod's own address,
 * unless the application has chosen one. Where that fails (a socket bound to a port on any address) the proxy puts the pod's address
 * in the place of loopback, and capture_names.bpf.c does so for the application.
 */
static __always_inline void bind_ipv4(struct bpf_sock_addr *ctx, __be32 source)
{
	struct ipv4_name name = { .family = AF_INET, .address = source };

	bpf_bind(ctx, (struct sockaddr *)&name, sizeof(name));
}

static __always_inline void bind_ipv6(struct bpf_sock_addr *ctx, const struct pod_address *source)
{
	struct ipv6_name name = { .family = AF_INET6, .address = *source };

	bpf_bind(ctx, (struct sockaddr *)&name, sizeof(name));
}

SEC("cgroup/connect4")
int capture_connect4(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct captured_namespace *pod;
	struct pod_address to;
	__u64 cookie;
	__u16 port, listener;

	if (!sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = address_of_ipv4(ctx->user_ip4);
	port = bpf_ntohs(ctx->user_port);
	listener = listener_for(ctx, cookie, pod->flags, &to, port);
	if (!listener) {
		/* What an earlier attempt of this socket left. */
		bpf_sk_storage_delete(&dialled_destinations, sk);
		return ALLOW;
	}
	if (!remember(sk, cookie, &to, port, listener))
		return 0;
	/* An IPv6 socket comes here with UDP to an IPv4 address: it has no IPv4 address of its own to bind. */
	if (ctx->family == AF_INET && sk->src_ip4 == 0 && pod->ipv4.words[3] != 0)
		bind_ipv4(ctx, pod->ipv4.words[3]);
	ctx->user_ip4 = bpf_htonl(0x7f000001);
	ctx->user_port = bpf_htons(listener);
	return ALLOW;
}

SEC("cgroup/connect6")
int capture_connect6(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct captured_namespace *pod;
	struct pod_address to, bound;
	__u64 cookie;
	__u16 port, listener;
	bool ipv4;

	if (!sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = READ_ADDRESS(ctx->user_ip6);
	port = bpf_ntohs(ctx->user_port);
	listener = listener_for(ctx, cookie, pod->flags, &to, port);
	if (!listener) {
		bpf_sk_storage_delete(&dialled_destinations, sk);
		return ALLOW;
	}
	if (!remember(sk, cookie, &to, port, listener))
		return 0;
	ipv4 = address_is_ipv4(&to);
	bound = READ_ADDRESS(sk->src_ip6);
	if (address_is_zero(&bound)) {
		if (ipv4 && !address_is_zero(&pod->ipv4))
			bind_ipv6(ctx, &pod->ipv4);
		else if (!ipv4 && !address_is_zero(&pod->ipv6))
			bind_ipv6(ctx, &pod->ipv6);
	}
	/* A mapped address stays one: the application's socket speaks IPv4 then. */
	ctx->user_ip6[0] = 0;
	ctx->user_ip6[1] = 0;
	ctx->user_ip6[2] = ipv4 ? bpf_htonl(0xffff) : 0;
	ctx->user_ip6[3] = ipv4 ? bpf_htonl(0x7f000001) : bpf_htonl(1);
	ctx->user_port = bpf_htons(listener);
	return ALLOW;
}

char _license[] SEC("license") = "GPL";
