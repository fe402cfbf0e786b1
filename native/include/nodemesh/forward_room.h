/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_ROOM_H
#define NODEMESH_FORWARD_ROOM_H

/* How much may wait for a receiver. A message's bytes are charged to its sk_rmem_alloc. */

#include "forward_maps.h"

/* A queued message costs the kernel about 800 bytes beside its payload, which nobody charges to the receiver: so many at most, twice. */
#define FORWARD_QUEUED 256

/* Bytes that may wait for a reader that keeps up: less than TCP's own bound (tcp_rmem, 6 MiB by default). */
#define FORWARD_LIMIT (4 << 20)

/* The kernel tells how many bytes wait, not how many messages: when the bytes up to a mark have been read, so have the messages. */
static __always_inline int forward_queue_is_short(struct forward_direction *direction, struct sock___fwd *receiver)
{
	struct sk_psock___fwd *psock;

	if (direction->queued < FORWARD_QUEUED)
		return 1;
	psock = forward_cast((__u64)receiver->sk_user_data & FORWARD_USER_DATA_MASK, struct sk_psock___fwd);
	if (direction->bytes - psock->msg_tot_len < direction->marked)
		return 0;
	direction->marked = direction->bytes;
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

#endif
