/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_H
#define NODEMESH_FORWARD_H

/* What the programs of in-kernel forwarding share with the proxy. NodeMesh.Capture has the same layouts; a test compares them. */

#include <linux/types.h>

/* One end of a connection, as its own namespace sees it. IPv4 addresses are mapped (::ffff:a.b.c.d); ports are in host order. */
struct forward_end_key {
	__u64 netns;
	__u8 local[16];
	__u8 remote[16];
	__u16 local_port;
	__u16 remote_port;
	__u32 pad;
};

/* An established application socket that nobody has claimed yet. */
struct forward_end {
	__u64 cookie;
	__u64 socket;      /* address of its struct sock; means nothing without the cookie */
	__u32 written;     /* write_seq when it was established */
	__u32 received;    /* rcv_nxt then */
};

/*
 * One direction of a paired connection: the sender's and the receiver's sockets, and what was moved. Directions 2n and 2n+1 are one
 * pair. The proxy writes all of it while the direction is disabled, and from then on only "enabled"; the programs write the rest.
 */
struct forward_direction {
	__u64 sender;            /* cookies */
	__u64 receiver;
	__u64 receiver_socket;   /* its struct sock; the proxy's own, of a leg, is filled in by the programs as they see it used */
	__u32 sender_base;       /* sequence numbers at establishment: what is beyond them went through TCP */
	__u32 receiver_base;
	__u64 bytes;
	__u64 messages;
	__u32 enabled;
	__u32 reads;             /* the receiver was seen to take bytes by recv or the like */
	__u32 queued;            /* messages since the mark: no more of them can wait */
	__u32 sender_state;      /* enum forward_state of the sending socket */
	__u64 grown;             /* bytes, when the limit was raised last */
	__u64 marked;            /* bytes, when "queued" was last set to 0 */
	__u32 limit;             /* bytes that may wait in the receiver's queue; 0: its sk_rcvbuf */
	__u32 waits;             /* the sender waits for the receiver at this moment (forward_wait.h) */
	__u32 passed;            /* messages that went by TCP since the sender is in the sockhash */
	__u32 processor;         /* where the sender ran, as it sent last */
	__u32 pad[8];
};

enum forward_state {
	FORWARD_STATE_FOUND = 1,    /* seen to be non-blocking, and the proxy was told where it is */
	FORWARD_STATE_BLOCKING = 2, /* is no longer non-blocking: may not be in the sockhash */
	FORWARD_STATE_PROXY = 3,    /* the proxy's own end of a leg: always non-blocking, and known */
};

/*
 * Where a paired socket is: told when it is used for the first time, if it is non-blocking. Without a process: the socket has messages
 * that its application will never see, as it reads by splice or the like.
 */
struct forward_found {
	__u64 cookie;
	__u32 process;
	__s32 descriptor;
	__u64 peer;              /* cookie of the proxy's own end, where a leg has got its application by this; else 0 */
	__u64 socket;            /* the application's struct sock then */
};

/* What is noted of the connections of a pod that takes part. */
enum forward_notes {
	FORWARD_NOTES_LEGS = 1,  /* nothing: a leg's application is found by its addresses, once it is worth it */
	FORWARD_NOTES_ENDS = 2,
};

/* What the proxy tells the programs once, before they run. */
struct forward_settings {
	__u64 pid_namespace;     /* inode of the proxy's own */
};

#endif
