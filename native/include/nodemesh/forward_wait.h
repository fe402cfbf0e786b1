/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_WAIT_H
#define NODEMESH_FORWARD_WAIT_H

/*
 * Waits for a receiver on the spot. It holds its socket's lock while it copies, and a sender that finds it held goes to sleep: two ends
 * of a stream would take turns, with a sleep, an interrupt and a wake-up for each message. The same when its queue is full: the message
 * would go through the proxy. A receiver that runs needs microseconds for either; one that does not is not waited for again, as what
 * then goes the ordinary way comes first.
 *
 * While it waits the sender holds its own lock. Two ends that wait for each other both stop.
 */

#include "forward_room.h"

/* A copy of a large message takes a tenth of it. */
#define FORWARD_LOCK_NS 50000
#define FORWARD_ROOM_NS 100000

/* More turns than fit into the time. */
#define FORWARD_TURNS 16384

struct forward_wait {
	struct forward_direction *direction;
	struct forward_direction *back; /* what the receiver sends in */
	__u64 until;
};

static __always_inline int forward_waited(struct forward_wait *wait)
{
	return wait->back->waits || bpf_ktime_get_ns() >= wait->until;
}

static long forward_lock_is_free(__u32 turn, struct forward_wait *wait)
{
	struct sock___fwd *receiver = forward_cast(wait->direction->receiver_socket, struct sock___fwd);

	return !receiver->sk_lock.owned || forward_waited(wait);
}

static long forward_room_is_made(__u32 turn, struct forward_wait *wait)
{
	struct sock___fwd *receiver = forward_cast(wait->direction->receiver_socket, struct sock___fwd);

	return forward_has_room(wait->direction, receiver) || forward_waited(wait);
}

static __always_inline void forward_wait_for(struct forward_direction *direction, struct forward_direction *back, struct sock___fwd *receiver)
{
	struct forward_wait wait = { .direction = direction, .back = back };

	if (!forward_has_room(direction, receiver)) {
		wait.until = bpf_ktime_get_ns() + FORWARD_ROOM_NS;
		direction->waits = 1;
		bpf_loop(FORWARD_TURNS, forward_room_is_made, &wait, 0);
		direction->waits = 0;
	}
	if (receiver->sk_lock.owned) {
		wait.until = bpf_ktime_get_ns() + FORWARD_LOCK_NS;
		direction->waits = 1;
		bpf_loop(FORWARD_TURNS, forward_lock_is_free, &wait, 0);
		direction->waits = 0;
	}
}

#endif
