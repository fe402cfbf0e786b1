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
 * Back-pressure. A message is charged to the receiver's sk_rmem_alloc. Once that is full, messages go the ordinary way, which blocks.
 */

#include "forward_maps.h"

/* A queued message costs the kernel about 800 bytes beside its payload, which nobody charges to the receiver. */
#define FORWARD_QUEUED 512

/* Bytes that may wait for a reader that keeps up: less than TCP's own bound (tcp_rmem, 6 MiB by default). */
#define FORWARD_LIMIT (4 << 20)

static __always_inline int forward_queue_is_short(struct forward_direction *direction, struct sock___fwd *receiver)
{
	struct sk_psock___fwd *psock;

	if (direction->queued < FORWARD_QUEUED)
		return 1;
	psock = forward_cast((__u64)receiver->sk_user_data & FORWARD_USER_DATA_MASK, struct sk_psock___fwd);
	if (psock->msg_tot_len)
		return 0;
	direction->queued = 0;
	return 1;
}

/*
 * TCP raises the buffer of a reader that keeps up (tcp_rcv_space_adjust), but does not see what is read here. So a reader that has
 * read a full buffer twice over gets double, as there; one that sleeps keeps what it has.
 */
static __always_inline int forward_may_grow(struct forward_direction *direction, __u32 limit, struct sock___fwd *receiver)
{
	if (limit >= FORWARD_LIMIT || (receiver->sk_userlocks & SOCK_RCVBUF_LOCK) || direction->bytes - direction->grown < 2 * (__u64)limit)
		return 0;
	direction->grown = direction->bytes;
	direction->limit = 2 * limit;
	return 1;
}

static __always_inline int forward_has_room(struct forward_direction *direction, struct sock___fwd *receiver)
{
	__u32 limit = direction->limit;
	__u32 buffer = receiver->sk_rcvbuf;

	if (limit < buffer)
		limit = buffer;
	if ((__u32)receiver->sk_backlog.rmem_alloc.counter >= limit && !forward_may_grow(direction, limit, receiver))
		return 0;
	return forward_queue_is_short(direction, receiver);
}

static __always_inline int forward_is_ready(struct forward_direction *direction, __u32 written)
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
	 * Who has not called recv yet, or takes bytes by splice, may never look at the queue of messages. And whoever wants several bytes
	 * at once, or peeks at a position, is served rightly by TCP alone.
	 */
	if (direction->returned != received || sk->sk_rcvlowat > 1 || sk->sk_peek_off >= 0)
		return 0;
	if ((sk->sk_shutdown & RCV_SHUTDOWN) || sk->__sk_common.skc_state == TCP_CLOSE || tcp->inet_conn.icsk_ulp_ops)
		return 0;
	if (!forward_has_room(direction, sk))
		return 0;
	return (__u64)sk->__sk_common.skc_cookie.counter == direction->receiver;
}

SEC("sk_msg")
int forward_message(struct sk_msg_md *message)
{
	struct bpf_sock *sk = message->sk;
	struct forward_direction *direction;
	struct forward_socket *self;
	struct tcp_sock___fwd *own;
	__u64 receiver;

	if (!sk)
		return SK_PASS;
	self = bpf_sk_storage_get(&forward_storage, sk, NULL, 0);
	if (!self)
		return SK_PASS;
	direction = forward_sends(self);
	if (!direction || !direction->enabled )
		return SK_PASS;
	own = forward_cast(self->socket, struct tcp_sock___fwd);
	if (own->inet_conn.icsk_ulp_ops || !forward_is_ready(direction, own->write_seq))
		return SK_PASS;
	receiver = direction->receiver;
	/* Gone from the map: it is closing, and TCP will say so. */
	if (bpf_msg_redirect_hash(message, &forward_sockets, &receiver, BPF_F_INGRESS) != SK_PASS)
		return SK_PASS;
	/* One writer: the sender's lock is held. */
	direction->bytes += message->size;
	direction->messages++;
	direction->queued++;
	return SK_PASS;
}

#endif
