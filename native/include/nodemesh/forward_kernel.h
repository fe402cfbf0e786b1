/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_KERNEL_H
#define NODEMESH_FORWARD_KERNEL_H

/*
 * Kernel types as far as in-kernel forwarding reads them. The names end in ___fwd, which libbpf cuts off before it looks a type up in
 * the running kernel's BTF: so they may differ from what other programs of ours declare.
 */

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define AF_INET 2
#define AF_INET6 10
#define TCP_CLOSE 7
#define RCV_SHUTDOWN 1
#define SOCK_RCVBUF_LOCK 2
#define O_NONBLOCK 04000
#define PIDTYPE_TGID 1
#define MAX_PID_NS_LEVEL 32

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct atomic___fwd {
	int counter;
};

struct atomic64___fwd {
	__s64 counter;
};

struct list_head___fwd {
	struct list_head___fwd *next;
};

struct in6_addr___fwd {
	__u32 words[4];
};

struct net___fwd {
	__u64 net_cookie;
};

struct possible_net___fwd {
	struct net___fwd *net;
};

struct sock_common___fwd {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct possible_net___fwd skc_net;
	struct in6_addr___fwd skc_v6_daddr;
	struct in6_addr___fwd skc_v6_rcv_saddr;
	struct atomic64___fwd skc_cookie;
};

struct file___fwd {
	unsigned int f_flags;
};

struct socket___fwd {
	struct file___fwd *file;
};

struct fdtable___fwd {
	unsigned int max_fds;
	struct file___fwd **fd;
};

struct files_struct___fwd {
	struct fdtable___fwd *fdt;
};

struct ns_common___fwd {
	unsigned int inum;
};

struct pid_namespace___fwd {
	struct ns_common___fwd ns;
};

struct upid___fwd {
	int nr;
	struct pid_namespace___fwd *ns;
};

struct pid___fwd {
	unsigned int level;
	struct upid___fwd numbers[1]; /* one for each namespace from the first down to the process's own */
};

struct signal_struct___fwd {
	struct pid___fwd *pids[2]; /* by enum pid_type, which goes on */
};

struct task_struct___fwd {
	struct files_struct___fwd *files;
	struct signal_struct___fwd *signal;
};

struct sock___fwd {
	struct sock_common___fwd __sk_common;
	int sk_rcvbuf;
	int sk_rcvlowat;
	int sk_peek_off;
	__u8 sk_shutdown;
	__u8 sk_userlocks;
	struct {
		int owned; /* a process holds the socket's lock */
	} sk_lock;
	struct {
		struct atomic___fwd rmem_alloc; /* the kernel's sk_rmem_alloc is a name for this */
	} sk_backlog;
	void *sk_user_data;
	struct socket___fwd *sk_socket;
};

struct inet_connection_sock___fwd {
	const void *icsk_ulp_ops;
};

struct tcp_sock___fwd {
	struct inet_connection_sock___fwd inet_conn;
	__u32 rcv_nxt;
	__u32 copied_seq;
	__u32 write_seq;
	__u32 snd_una;
};

struct sk_psock___fwd {
	struct list_head___fwd ingress_msg;
	__u32 msg_tot_len;
};

#pragma clang attribute pop

#endif
