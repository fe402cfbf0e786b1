// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Sends the DNS questions that captured pods ask with unconnected UDP sockets to the proxy, and gives its answers the name of the server
// that was asked. Connected sockets are the business of capture_connect.bpf.c, but their answers come by here too.
#include <linux/in.h>
#include <nodemesh/capture_rules.h>

#define ALLOW 1

/* One server for each socket: an application that asks two at once by one socket sees both answers come from the one it asked last. */
static __always_inline bool remember(struct bpf_sock *sk, __u64 cookie, const struct pod_address *server)
{
	struct dialled_destination *dialled = bpf_sk_storage_get(&dialled_destinations, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!dialled)
		return false;
	dialled->netns_cookie = cookie;
	dialled->address = *server;
	dialled->port = PORT_DNS;
	dialled->listener_port = NODEMESH_PORT_DNS;
	return true;
}

SEC("cgroup/sendmsg4")
int capture_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct captured_namespace *pod;
	struct pod_address to;
	__u64 cookie;

	if (ctx->user_port != bpf_htons(PORT_DNS) || !sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = address_of_ipv4(ctx->user_ip4);
	if (!captures_dns(cookie, pod->flags, &to, PORT_DNS))
		return ALLOW;
	if (!remember(sk, cookie, &to))
		return 0;
	if (ctx->msg_src_ip4 == 0)
		ctx->msg_src_ip4 = pod->ipv4.words[3];
	ctx->user_ip4 = bpf_htonl(0x7f000001);
	ctx->user_port = bpf_htons(NODEMESH_PORT_DNS);
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int capture_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct captured_namespace *pod;
	struct pod_address to, source;
	__u64 cookie;

	if (ctx->user_port != bpf_htons(PORT_DNS) || !sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = READ_ADDRESS(ctx->user_ip6);
	/* Mapped addresses take the IPv4 hook. */
	if (address_is_ipv4(&to) || !captures_dns(cookie, pod->flags, &to, PORT_DNS))
		return ALLOW;
	if (!remember(sk, cookie, &to))
		return 0;
	source = READ_ADDRESS(ctx->msg_src_ip6);
	if (address_is_zero(&source))
		WRITE_ADDRESS(ctx->msg_src_ip6, &pod->ipv6);
	ctx->user_ip6[0] = 0;
	ctx->user_ip6[1] = 0;
	ctx->user_ip6[2] = 0;
	ctx->user_ip6[3] = bpf_htonl(1);
	ctx->user_port = bpf_htons(NODEMESH_PORT_DNS);
	return ALLOW;
}

/* What the socket asked, if this datagram is the proxy's answer. */
static __always_inline struct dialled_destination *asked(struct bpf_sock *sk)
{
	struct dialled_destination *dialled;

	if (!sk)
		return NULL;
	dialled = bpf_sk_storage_get(&dialled_destinations, sk, NULL, 0);
	return dialled && dialled->listener_port == NODEMESH_PORT_DNS ? dialled : NULL;
}

SEC("cgroup/recvmsg4")
int capture_recvmsg4(struct bpf_sock_addr *ctx)
{
	struct dialled_destination *dialled;

	if (ctx->user_port != bpf_htons(NODEMESH_PORT_DNS) || ctx->user_ip4 != bpf_htonl(0x7f000001))
		return ALLOW;
	dialled = asked(ctx->sk);
	if (dialled && address_is_ipv4(&dialled->address)) {
		ctx->user_ip4 = dialled->address.words[3];
		ctx->user_port = bpf_htons(dialled->port);
	}
	return ALLOW;
}

SEC("cgroup/recvmsg6")
int capture_recvmsg6(struct bpf_sock_addr *ctx)
{
	struct dialled_destination *dialled;
	struct pod_address from;

	if (ctx->user_port != bpf_htons(NODEMESH_PORT_DNS))
		return ALLOW;
	from = READ_ADDRESS(ctx->user_ip6);
	if (!address_is_loopback(&from))
		return ALLOW;
	dialled = asked(ctx->sk);
	if (dialled && address_is_ipv4(&dialled->address) == address_is_ipv4(&from)) {
		WRITE_ADDRESS(ctx->user_ip6, &dialled->address);
		ctx->user_port = bpf_htons(dialled->port);
	}
	return ALLOW;
}

char _license[] SEC("license") = "GPL";
