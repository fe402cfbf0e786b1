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

/*
 * The number that the current process has in a PID namespace, 0 for none. A container has a namespace of its own, below the proxy's:
 * bpf_get_ns_current_pid_tgid knows the process's own only.
 */
static __always_inline __u32 forward_process(__u64 pid_namespace)
{
	struct task_struct___fwd *task = (struct task_struct___fwd *)bpf_get_current_task();
	struct pid___fwd *pid = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
	struct upid___fwd *number = pid->numbers;
	__u32 level = BPF_CORE_READ(pid, level);
	__u32 i;

	for (i = 0; i <= MAX_PID_NS_LEVEL && i <= level; i++, number++) {
		if (BPF_CORE_READ(number, ns, ns.inum) == pid_namespace)
			return (__u32)BPF_CORE_READ(number, nr);
	}
	return 0;
}

static __always_inline int forward_tell(struct forward_found *found, struct file___fwd *file)
{
	struct forward_settings *settings;
	__u32 zero = 0;

	settings = bpf_map_lookup_elem(&forward_setup, &zero);
	found->process = settings ? forward_process(settings->pid_namespace) : 0;
	if (!found->process)
		return 0;
	found->descriptor = forward_descriptor(file);
	/* Not there: a kernel thread works for the application (io_uring). */
	return found->descriptor < 0 ? 0 : (int)bpf_ringbuf_output(&forward_events, found, sizeof(*found), 0);
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
	struct forward_found found = { .cookie = sends->sender };
	struct file___fwd *file;

	/* A leg waits for the proxy's own end to be seen. */
	if (sends->sender_state || !sends->receiver_socket)
		return;
	file = sk->sk_socket->file;
	if (!(file->f_flags & O_NONBLOCK))
		return;
	sends->sender_state = FORWARD_STATE_FOUND;
	/* The proxy does not keep up: the next use tries again. */
	if (forward_tell(&found, file))
		sends->sender_state = 0;
}

static __always_inline void forward_key_of_socket(struct sock_common___fwd *common, struct forward_end_key *key)
{
	__u32 *local = (__u32 *)key->local;
	__u32 *remote = (__u32 *)key->remote;

	key->netns = BPF_CORE_READ(common, skc_net.net, net_cookie);
	key->local_port = BPF_CORE_READ(common, skc_num);
	key->remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	key->pad = 0;
	if (BPF_CORE_READ(common, skc_family) == AF_INET6) {
		bpf_core_read(key->local, sizeof(key->local), &common->skc_v6_rcv_saddr);
		bpf_core_read(key->remote, sizeof(key->remote), &common->skc_v6_daddr);
		return;
	}
	local[0] = local[1] = remote[0] = remote[1] = 0;
	local[2] = remote[2] = bpf_htonl(0xffff);
	local[3] = BPF_CORE_READ(common, skc_rcv_saddr);
	remote[3] = BPF_CORE_READ(common, skc_daddr);
}

/*
 * Whether two sockets are the ends of one TCP connection: names alone could have passed to another one. What one has received lies
 * between what the other knows acknowledged and what it has written; read in this order, that holds whatever moves meanwhile.
 */
static __always_inline int forward_has_sent_to(struct tcp_sock___fwd *sender, struct tcp_sock___fwd *receiver)
{
	__u32 acknowledged = *(volatile __u32 *)&sender->snd_una;
	__u32 received = *(volatile __u32 *)&receiver->rcv_nxt;
	__u32 written = *(volatile __u32 *)&sender->write_seq;

	return received - acknowledged <= written - acknowledged;
}

/* Tells of the application's end of a leg, which the proxy knows by its addresses so far. */
static __always_inline void forward_adopt(struct sock___fwd *sk, __u64 address)
{
	struct forward_found found = { .cookie = (__u64)sk->__sk_common.skc_cookie.counter, .socket = address };
	struct forward_end_key key = {};
	struct forward_direction *sends;
	struct tcp_sock___fwd *application, *own;
	struct file___fwd *file;
	__u32 *wanted;

	if (!found.cookie)
		return;
	forward_key_of_socket(&sk->__sk_common, &key);
	wanted = bpf_map_lookup_elem(&forward_wanted, &key);
	if (!wanted || !bpf_map_lookup_elem(&forward_namespaces, &key.netns))
		return;
	sends = bpf_map_lookup_elem(&forward_directions, wanted);
	if (!sends || !sends->receiver_socket)
		return;
	file = sk->sk_socket->file;
	if (!(file->f_flags & O_NONBLOCK))
		return;
	application = forward_cast(address, struct tcp_sock___fwd);
	own = forward_cast(sends->receiver_socket, struct tcp_sock___fwd);
	if (application->inet_conn.icsk_ulp_ops || !forward_has_sent_to(application, own) || !forward_has_sent_to(own, application))
		return;
	found.peer = sends->receiver;
	/* Once, unless the proxy does not keep up. */
	if (!forward_tell(&found, file) && found.descriptor >= 0)
		bpf_map_delete_elem(&forward_wanted, &key);
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
	if (!sends) {
		forward_adopt(sk, event->args[0]);
		return 0;
	}
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
	if (!sends) {
		forward_adopt(sk, event->args[0]);
		return 0;
	}
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
