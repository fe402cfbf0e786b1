/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_WATCH_H
#define NODEMESH_FORWARD_WATCH_H

/*
 * Watches how applications use the sockets that are paired. Only non-blocking ones may enter the sockhash: there the kernel lets a
 * blocking recv wait once only, and answers EAGAIN to whoever is woken by anything but data (a signal, a reset, room to send). An
 * application makes its socket non-blocking when it likes, so that this is known only as it is used; the proxy is then told where
 * the socket is, and puts it in.
 *
 * These programs see every socket of the machine, so they are attached only while some pair needs them.
 */

#include "forward_maps.h"

/* Puts the record into the object's types, where the test of layouts looks. */
const struct forward_found *forward_found_layout __attribute__((unused));

#define FORWARD_CHUNK 32
#define FORWARD_CHUNKS 2048

struct forward_search {
	struct file___fwd **table;
	struct file___fwd *file;
	__u32 size;
	__s32 found;
};

static long forward_search_chunk(__u32 chunk, struct forward_search *search)
{
	struct file___fwd *files[FORWARD_CHUNK];
	__u32 first = chunk * FORWARD_CHUNK;
	int i;

	if (first >= search->size)
		return 1;
	/* The table's size is a multiple of the chunk's. */
	if (bpf_probe_read_kernel(files, sizeof(files), search->table + first))
		return 1;
	for (i = 0; i < FORWARD_CHUNK; i++) {
		if (files[i] == search->file) {
			search->found = (__s32)first + i;
			return 1;
		}
	}
	return 0;
}

/* The number under which the current process has a file. */
static __always_inline __s32 forward_descriptor(struct file___fwd *file)
{
	struct task_struct___fwd *task = forward_cast(bpf_get_current_task(), struct task_struct___fwd);
	struct fdtable___fwd *table = task->files->fdt;
	struct forward_search search = { .table = table->fd, .file = file, .size = table->max_fds, .found = -1 };

	bpf_loop(FORWARD_CHUNKS, forward_search_chunk, &search, 0);
	return search.found;
}

static __always_inline int forward_tell(__u64 cookie, struct file___fwd *file)
{
	struct bpf_pidns_info process = {};
	struct forward_settings *settings;
	struct forward_found found = { .cookie = cookie };
	__u32 zero = 0;

	settings = bpf_map_lookup_elem(&forward_setup, &zero);
	if (!settings || bpf_get_ns_current_pid_tgid(settings->pid_namespace_device, settings->pid_namespace_inode, &process, sizeof(process)))
		return 0;
	found.process = process.tgid;
	found.descriptor = forward_descriptor(file);
	/* Not there: a kernel thread works for the application (io_uring). */
	return found.descriptor < 0 ? 0 : (int)bpf_ringbuf_output(&forward_events, &found, sizeof(found), 0);
}

/* The direction that the socket sends in; null for all the sockets of the machine that are not paired. */
static __always_inline struct forward_direction *forward_direction_of(struct sock___fwd *sk, __u32 *index)
{
	__u64 cookie = (__u64)sk->__sk_common.skc_cookie.counter;
	struct forward_direction *sends;
	__u32 *found;

	if (!cookie)
		return NULL;
	found = bpf_map_lookup_elem(&forward_pairs, &cookie);
	if (!found)
		return NULL;
	*index = *found;
	sends = bpf_map_lookup_elem(&forward_directions, index);
	return sends && sends->sender == cookie ? sends : NULL;
}

static __always_inline void forward_find(struct sock___fwd *sk, struct forward_direction *sends)
{
	struct file___fwd *file;

	/* A leg waits for the proxy's own end to be seen. */
	if (sends->sender_state || !sends->receiver_socket)
		return;
	file = sk->sk_socket->file;
	if (!(file->f_flags & O_NONBLOCK))
		return;
	sends->sender_state = FORWARD_STATE_FOUND;
	/* The proxy does not keep up: the next use tries again. */
	if (forward_tell(sends->sender, file))
		sends->sender_state = 0;
}

/* The opposite direction, in which the socket receives. */
static __always_inline struct forward_direction *forward_receives(__u64 sk, __u32 index)
{
	struct forward_direction *receives;

	index ^= 1;
	receives = bpf_map_lookup_elem(&forward_directions, &index);
	if (receives && !receives->receiver_socket)
		receives->receiver_socket = sk;
	return receives;
}

/* Every recv, read and the like of the machine passes here as it returns. */
SEC("raw_tp/sock_recv_length")
int forward_read(struct bpf_raw_tracepoint_args *event)
{
	struct sock___fwd *sk = forward_cast(event->args[0], struct sock___fwd);
	struct forward_direction *sends, *reads;
	__u32 index;

	sends = forward_direction_of(sk, &index);
	if (!sends)
		return 0;
	forward_find(sk, sends);
	reads = forward_receives(event->args[0], index);
	if (reads)
		reads->reads = 1;
	return 0;
}

/* Every send and write. */
SEC("raw_tp/sock_send_length")
int forward_write(struct bpf_raw_tracepoint_args *event)
{
	struct sock___fwd *sk = forward_cast(event->args[0], struct sock___fwd);
	struct forward_direction *sends;
	__u32 index;

	sends = forward_direction_of(sk, &index);
	if (!sends)
		return 0;
	forward_receives(event->args[0], index);
	forward_find(sk, sends);
	return 0;
}

/*
 * TCP's own queue is read, by recv when no message waits, and by splice and zero-copy receive always. To these, messages that wait are
 * invisible for ever: the proxy has to end the connection rather than let it hang.
 */
SEC("raw_tp/tcp_rcv_space_adjust")
int forward_adjust(struct bpf_raw_tracepoint_args *event)
{
	struct sock___fwd *sk = forward_cast(event->args[0], struct sock___fwd);
	struct sk_psock___fwd *psock;
	struct forward_direction *sends;
	struct forward_found stuck = { .descriptor = -1 };
	__u64 state = (__u64)sk->sk_user_data;
	__u32 index;

	if (!state)
		return 0;
	sends = forward_direction_of(sk, &index);
	if (!sends || sends->sender_state != FORWARD_STATE_FOUND)
		return 0;
	psock = forward_cast(state & FORWARD_USER_DATA_MASK, struct sk_psock___fwd);
	if (!psock->msg_tot_len)
		return 0;
	stuck.cookie = sends->sender;
	if (!bpf_ringbuf_output(&forward_events, &stuck, sizeof(stuck), 0))
		sends->sender_state = FORWARD_STATE_BLOCKING;
	return 0;
}

#endif
