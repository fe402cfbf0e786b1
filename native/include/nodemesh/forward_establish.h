/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_ESTABLISH_H
#define NODEMESH_FORWARD_ESTABLISH_H

/*
 * Notes the sockets that may be paired at the moment that they are established, with their sequence numbers: later nobody could tell
 * how much has gone through TCP.
 */

#include "forward_maps.h"

#define FORWARD_CAPTURE_PORT 15001

/* The cookie by which the other programs know a socket is made when it is first asked for. */
static __always_inline int forward_notes_ends(struct bpf_sock_ops *ops)
{
	__u64 netns = bpf_get_netns_cookie(ops);
	__u32 *notes = bpf_map_lookup_elem(&forward_namespaces, &netns);

	if (!notes)
		return 0;
	bpf_get_socket_cookie(ops);
	return *notes == FORWARD_NOTES_ENDS;
}

static __always_inline void forward_map_v4(__u8 *to, __u32 address)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

/* The verifier takes only 32-bit loads of these fields of the context; volatile keeps the compiler from joining two. */
static __always_inline void forward_copy_v6(__u8 *to, const volatile __u32 *from)
{
	__u32 *words = (__u32 *)to;

	words[0] = from[0];
	words[1] = from[1];
	words[2] = from[2];
	words[3] = from[3];
}

static __always_inline void forward_key_of(struct bpf_sock_ops *ops, struct forward_end_key *key)
{
	key->netns = bpf_get_netns_cookie(ops);
	key->local_port = (__u16)ops->local_port;
	/* The context has it in network order, in the upper half on little-endian machines. */
	key->remote_port = (__u16)bpf_ntohl(ops->remote_port);
	key->pad = 0;
	if (ops->family == AF_INET6) {
		forward_copy_v6(key->local, ops->local_ip6);
		forward_copy_v6(key->remote, ops->remote_ip6);
	} else {
		forward_map_v4(key->local, ops->local_ip4);
		forward_map_v4(key->remote, ops->remote_ip4);
	}
}

static __always_inline void forward_swap(struct forward_end_key *to, const struct forward_end_key *from)
{
	to->netns = from->netns;
	__builtin_memcpy(to->local, from->remote, sizeof(to->local));
	__builtin_memcpy(to->remote, from->local, sizeof(to->remote));
	to->local_port = from->remote_port;
	to->remote_port = from->local_port;
	to->pad = 0;
}

static __always_inline int forward_watch_close(struct bpf_sock_ops *ops)
{
	return bpf_sock_ops_cb_flags_set(ops, ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* The proxy connects to an application: the accepted socket will have the mirrored addresses. */
static __always_inline void forward_delivering(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;
	struct forward_end_key own, accepting;
	__u32 one = 1;

	if (!sk || !forward_notes_ends(ops))
		return;
	if ((sk->mark & FORWARD_DELIVERY_MASK) != FORWARD_DELIVERY_MARK && !bpf_sk_storage_get(&forward_deliverers, sk, NULL, 0))
		return;
	if (forward_watch_close(ops))
		return;
	forward_key_of(ops, &own);
	forward_swap(&accepting, &own);
	bpf_map_update_elem(&forward_deliveries, &accepting, &one, BPF_ANY);
}

static __always_inline void forward_enter(struct bpf_sock_ops *ops, struct forward_end_key *key)
{
	struct bpf_sock *sk = ops->sk;
	struct forward_end end = {};
	struct tcp_sock *tcp;
	struct tcp_sock___fwd *fields;

	if (!sk)
		return;
	tcp = (struct tcp_sock *)bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return;
	fields = (struct tcp_sock___fwd *)tcp;
	/* TLS or MPTCP beneath the application: what it writes is not what its peer reads. */
	if (BPF_CORE_READ(fields, inet_conn.icsk_ulp_ops))
		return;
	end.cookie = bpf_get_socket_cookie(ops);
	end.socket = (__u64)tcp;
	end.written = BPF_CORE_READ(fields, write_seq);
	end.received = BPF_CORE_READ(fields, rcv_nxt);
	/* Data that went with the SYN is in write_seq already: the base would be wrong. */
	if (end.written != BPF_CORE_READ(fields, snd_una))
		return;
	if (forward_watch_close(ops))
		return;
	bpf_map_update_elem(&forward_ends, key, &end, BPF_ANY);
}

/* Connections inside a pod are not captured; those to the proxy's listener there are, by connect programs. */
static __always_inline int forward_stays_inside(const struct forward_end_key *key)
{
	const __u32 *remote = (const __u32 *)key->remote;

	if (key->remote_port == FORWARD_CAPTURE_PORT || remote[0] || remote[1])
		return 0;
	return (remote[2] == bpf_htonl(0xffff) && key->remote[12] == 127) || (!remote[2] && remote[3] == bpf_htonl(1));
}

static __always_inline void forward_active(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;
	struct forward_end_key key;

	if (!sk || (sk->mark & FORWARD_MARK_MASK) == FORWARD_PROXY_MARK || !forward_notes_ends(ops))
		return;
	forward_key_of(ops, &key);
	if (!forward_stays_inside(&key))
		forward_enter(ops, &key);
}

static __always_inline void forward_passive(struct bpf_sock_ops *ops)
{
	struct forward_end_key key;

	if (!forward_notes_ends(ops))
		return;
	forward_key_of(ops, &key);
	if (bpf_map_delete_elem(&forward_deliveries, &key))
		return;
	forward_enter(ops, &key);
}

static __always_inline void forward_closed(struct bpf_sock_ops *ops)
{
	struct forward_end_key own, accepting;

	forward_key_of(ops, &own);
	if (!bpf_map_delete_elem(&forward_ends, &own))
		return;
	forward_swap(&accepting, &own);
	bpf_map_delete_elem(&forward_deliveries, &accepting);
}

SEC("sockops")
int forward_establish(struct bpf_sock_ops *ops)
{
	switch (ops->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		forward_delivering(ops);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		forward_active(ops);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		forward_passive(ops);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ops->args[1] == TCP_CLOSE)
			forward_closed(ops);
		break;
	}
	return 1;
}

#endif
