/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_MOVE_H
#define NODEMESH_FORWARD_MOVE_H

/*
 * Decides for each message of a paired socket whether it goes straight into the peer's queue of messages or the ordinary way.
 *
 * Order. A socket's messages are read before its TCP queue. So what is passed after a redirected message arrives after it. A message
 * may follow passed bytes only when the receiver has received and read all of those: write_seq - base == rcv_nxt - base, and
 * copied_seq == rcv_nxt (the kernel does not count redirected bytes in any of them). That stays true until this sender passes
 * something, and the sender's lock is held here.
 *
 * Back-pressure. While the receiver's queue is full, messages go the ordinary way, which blocks.
 */

#include "forward_wait.h"

static __always_inline int forward_is_ready(struct forward_direction *direction, struct forward_direction *back, __u32 written)
{
	struct tcp_sock___fwd *tcp = forward_cast(direction->receiver_socket, struct tcp_sock___fwd);
	struct sock___fwd *sk = forward_cast(direction->receiver_socket, struct sock___fwd);
	__u32 received;

	/* Sockets are freed and used again without a grace period: the cookie, before and after, says whether this is still the peer. */
	if ((__u64)sk->__sk_common.skc_cookie.counter != direction->receiver)
		return 0;
	received = tcp->rcv_nxt;
	if (received - direction->receiver_base != written - direction->sender_base || tcp->copied_seq != received)
		return 0;
	/*
	 * Who has not called recv yet may take bytes by splice, and never look at the queue of messages. And whoever wants several bytes
	 * at once, or peeks at a position, is served rightly by TCP alone.
	 */
	if (!direction->reads || sk->sk_rcvlowat > 1 || sk->sk_peek_off >= 0)
		return 0;
	if (!(sk->sk_socket->file->f_flags & O_NONBLOCK)) {
		back->sender_state = FORWARD_STATE_BLOCKING;
		return 0;
	}
	if ((sk->sk_shutdown & RCV_SHUTDOWN) || sk->__sk_common.skc_state == TCP_CLOSE || tcp->inet_conn.icsk_ulp_ops)
		return 0;
	forward_wait_for(direction, back, sk);
	if (!forward_has_room(direction, sk))
		return 0;
	return (__u64)sk->__sk_common.skc_cookie.counter == direction->receiver;
}

/* What the sender knows of itself; noted with its first message, as most sockets never have one that comes here. */
static __always_inline struct forward_socket *forward_self(struct bpf_sock *sk)
{
	struct forward_socket *self = bpf_sk_storage_get(&forward_storage, sk, NULL, 0);
	struct tcp_sock *tcp;

	if (self)
		return self;
	tcp = (struct tcp_sock *)bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return NULL;
	self = bpf_sk_storage_get(&forward_storage, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!self)
		return NULL;
	self->socket = (__u64)tcp;
	self->cookie = (__u64)forward_cast(self->socket, struct sock___fwd)->__sk_common.skc_cookie.counter;
	return self;
}

/* True when the message is on its way into the receiver's queue. */
static __always_inline int forward_redirect(struct sk_msg_md *message, struct forward_socket *self, struct forward_direction *direction)
{
	struct forward_direction *back;
	struct tcp_sock___fwd *own;
	__u64 receiver;
	__u32 opposite;

	if (!direction->enabled)
		return 0;
	opposite = (self->direction - 1) ^ 1;
	back = bpf_map_lookup_elem(&forward_directions, &opposite);
	if (!back)
		return 0;
	own = forward_cast(self->socket, struct tcp_sock___fwd);
	if (own->inet_conn.icsk_ulp_ops || !forward_is_ready(direction, back, own->write_seq))
		return 0;
	receiver = direction->receiver;
	/* Gone from the map: it is closing, and TCP will say so. */
	return bpf_msg_redirect_hash(message, &forward_sockets, &receiver, BPF_F_INGRESS) == SK_PASS;
}

SEC("sk_msg")
int forward_message(struct sk_msg_md *message)
{
	struct bpf_sock *sk = message->sk;
	struct forward_direction *direction;
	struct forward_socket *self;

	if (!sk)
		return SK_PASS;
	self = forward_self(sk);
	if (!self)
		return SK_PASS;
	direction = forward_sends(self);
	if (!direction)
		return SK_PASS;
	/* One writer: the sender's lock is held. */
	direction->processor = bpf_get_smp_processor_id();
	if (!forward_redirect(message, self, direction)) {
		direction->passed++;
		return SK_PASS;
	}
	direction->bytes += message->size;
	direction->messages++;
	direction->queued++;
	return SK_PASS;
}

#endif
