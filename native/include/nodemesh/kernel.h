/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_KERNEL_H
#define NODEMESH_KERNEL_H

/*
 * The kernel's own types, as far as our programs read them. Offsets here mean nothing: libbpf looks each field up by name in the
 * running kernel's BTF when the program is loaded, so that the build needs no kernel's BTF and one object runs on all kernels.
 */

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#ifndef AF_INET
#define AF_INET 2
#endif
#ifndef AF_INET6
#define AF_INET6 10
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct sock_common {
	__u16 skc_family;
	volatile unsigned char skc_state;
	__u16 skc_num;   /* local port, host order */
	__be16 skc_dport;
	__be32 skc_rcv_saddr;
	__be32 skc_daddr;
};

struct sock {
	struct sock_common __sk_common;
	int sk_rcvbuf;
	int sk_sndbuf;
	__u8 sk_shutdown;
	struct {
		atomic_t rmem_alloc; /* the kernel's sk_rmem_alloc is a name for this */
		int len;
	} sk_backlog;
};

struct inet_sock {
	struct sock sk;
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 rcv_nxt;    /* next sequence number expected */
	__u32 copied_seq; /* head of what the application has not read yet */
	__u32 write_seq;  /* one past the last byte that the application wrote */
	__u32 snd_una;
	__u32 snd_nxt;
	__u64 bytes_received;
	__u64 bytes_acked;
};

#pragma clang attribute pop

#endif
