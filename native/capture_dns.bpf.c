// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Sends the DNS questions that captured pods ask with unconnected UDP sockets to the proxy, and gives its answers the name of the server
// that was asked. Connected sockets are the business of capture_connect.bpf.c, but their answers come by here too.
#include <linux/in.h>
#include <nodemesh/capture_rules.h>

#define ALLOW 1

/* The place of a server among those that the socket asks; the one that has been there longest makes room. Negative: no memory. */
static __always_inline int place_of(struct bpf_sock *sk, const struct pod_address *server)
{
	struct asked_servers *asked = bpf_sk_storage_get(&asked_servers, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	__u32 place;

	if (!asked)
		return -1;
	if (address_equals(&asked->first, server))
		return 0;
	if (address_equals(&asked->second, server))
		return 1;
	if (address_equals(&asked->third, server))
		return 2;
	place = asked->next;
	asked->next = place + 1 < NODEMESH_ASKED_SERVERS ? place + 1 : 0;
	if (place == 0)
		asked->first = *server;
	else if (place == 1)
		asked->second = *server;
	else
		asked->third = *server;
	return place;
}

/* What has the address of the listener itself: a connected socket's server, or an unconnected one's first. */
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
	int place;

	if (ctx->user_port != bpf_htons(PORT_DNS) || !sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = address_of_ipv4(ctx->user_ip4);
	if (!captures_dns(cookie, pod->flags, &to, PORT_DNS))
		return ALLOW;
	place = place_of(sk, &to);
	if (place < 0 || (place == 0 && !remember(sk, cookie, &to)))
		return 0;
	if (ctx->msg_src_ip4 == 0)
		ctx->msg_src_ip4 = pod->ipv4.words[3];
	ctx->user_ip4 = bpf_htonl(place ? NODEMESH_DNS_ALIAS_V4 + (__u32)place : 0x7f000001);
	ctx->user_port = bpf_htons(NODEMESH_PORT_DNS);
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int capture_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct captured_namespace *pod;
	struct pod_address to, source, listener = { { 0, 0, 0, bpf_htonl(1) } };
	__u64 cookie;
	int place;

	if (ctx->user_port != bpf_htons(PORT_DNS) || !sk)
		return ALLOW;
	pod = captured_pod(ctx, sk, &cookie);
	if (!pod)
		return ALLOW;
	to = READ_ADDRESS(ctx->user_ip6);
	/* Mapped addresses take the IPv4 hook. */
	if (address_is_ipv4(&to) || !captures_dns(cookie, pod->flags, &to, PORT_DNS))
		return ALLOW;
	place = place_of(sk, &to);
	if (place < 0 || (place == 0 && !remember(sk, cookie, &to)))
		return 0;
	if (place)
		listener = address_of_alias_v6(place);
	source = READ_ADDRESS(ctx->msg_src_ip6);
	if (address_is_zero(&source))
		WRITE_ADDRESS(ctx->msg_src_ip6, &pod->ipv6);
	WRITE_ADDRESS(ctx->user_ip6, &listener);
	ctx->user_port = bpf_htons(NODEMESH_PORT_DNS);
	return ALLOW;
}

/* The server that the socket asked, if the datagram is the proxy's answer; false if it is another's. */
static __always_inline bool asked(struct bpf_sock *sk, const struct pod_address *from, struct pod_address *server)
{
	struct dialled_destination *dialled;
	struct asked_servers *others;
	__u32 place = alias_place(from);

	if (!sk)
		return false;
	if (place) {
		others = bpf_sk_storage_get(&asked_servers, sk, NULL, 0);
		if (!others)
			return false;
		*server = place == 1 ? others->second : others->third;
	} else {
		dialled = address_is_loopback(from) ? bpf_sk_storage_get(&dialled_destinations, sk, NULL, 0) : NULL;
		if (!dialled || dialled->listener_port != NODEMESH_PORT_DNS)
			return false;
		*server = dialled->address;
	}
	return !address_is_zero(server) && address_is_ipv4(server) == address_is_ipv4(from);
}

SEC("cgroup/recvmsg4")
int capture_recvmsg4(struct bpf_sock_addr *ctx)
{
	struct pod_address from, server;

	if (ctx->user_port != bpf_htons(NODEMESH_PORT_DNS))
		return ALLOW;
	from = address_of_ipv4(ctx->user_ip4);
	if (asked(ctx->sk, &from, &server)) {
		ctx->user_ip4 = server.words[3];
		ctx->user_port = bpf_htons(PORT_DNS);
	}
	return ALLOW;
}

SEC("cgroup/recvmsg6")
int capture_recvmsg6(struct bpf_sock_addr *ctx)
{
	struct pod_address from, server;

	if (ctx->user_port != bpf_htons(NODEMESH_PORT_DNS))
		return ALLOW;
	from = READ_ADDRESS(ctx->user_ip6);
	if (asked(ctx->sk, &from, &server)) {
		WRITE_ADDRESS(ctx->user_ip6, &server);
		ctx->user_port = bpf_htons(PORT_DNS);
	}
	return ALLOW;
}

char _license[] SEC("license") = "GPL";
