/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_FORWARD_MAPS_H
#define NODEMESH_FORWARD_MAPS_H

#include "forward_kernel.h"
#include "forward.h"

#define FORWARD_CONNECTIONS 16384

/* The mark of the proxy's own sockets (NodeMesh.Capture, CaptureMarks). */
#define FORWARD_PROXY_MARK 0x539
#define FORWARD_MARK_MASK 0xfff
#define FORWARD_DELIVERY_MARK 0x10539
#define FORWARD_DELIVERY_MASK 0x10fff

/* Namespaces of the pods whose connections may be forwarded, by cookie: enum forward_notes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} forward_namespaces SEC(".maps");

/* Put by the proxy on a socket of its own that connects to an application without the mark of a delivery: the accepted socket will be claimed. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} forward_deliverers SEC(".maps");

/* Such a connection between connect and accept, by the accepting end. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FORWARD_CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct forward_end_key);
	__type(value, __u32);
} forward_deliveries SEC(".maps");

/* Established ends until the proxy claims or forgets them, or they close. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * FORWARD_CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct forward_end_key);
	__type(value, struct forward_end);
} forward_ends SEC(".maps");

/* Applications' ends of legs that the proxy looks for: the direction that such a one sends in. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * FORWARD_CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct forward_end_key);
	__type(value, __u32);
} forward_wanted SEC(".maps");

/* Sockets by cookie: what messages are redirected through. The kernel removes a socket that closes. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2 * FORWARD_CONNECTIONS);
	__type(key, __u64);
	__type(value, __u64);
} forward_sockets SEC(".maps");

/* Which direction a paired socket sends in, by cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * FORWARD_CONNECTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} forward_pairs SEC(".maps");

/* Mapped into the proxy's memory: reading counters and switching a direction off cost no system call. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * FORWARD_CONNECTIONS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct forward_direction);
} forward_directions SEC(".maps");

/* What a socket in the sockhash knows of itself. */
struct forward_socket {
	__u64 cookie;
	__u64 socket;
	__u32 direction; /* that it sends in, plus one; 0 while it is not paired */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct forward_socket);
} forward_storage SEC(".maps");

/* struct forward_found */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} forward_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct forward_settings);
} forward_setup SEC(".maps");

/* The kernel keeps flags in the lowest bits of sk_user_data. */
#define FORWARD_USER_DATA_MASK (~(__u64)7)

extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym;

/* The fields of a kernel object at an address that may be stale: a read of freed memory gives zero or something else, never a fault. */
#define forward_cast(address, type) ((type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))

/* The direction that a socket sends in; null while it is not paired. */
static __always_inline struct forward_direction *forward_sends(struct forward_socket *self)
{
	struct forward_direction *direction;
	__u32 at;

	if (!self->direction) {
		__u32 *found = bpf_map_lookup_elem(&forward_pairs, &self->cookie);

		if (!found)
			return NULL;
		self->direction = *found + 1;
	}
	at = self->direction - 1;
	direction = bpf_map_lookup_elem(&forward_directions, &at);
	/* The pair has ended and its place was given to another: this socket outlives it, unpaired. */
	if (!direction || direction->sender != self->cookie)
		return NULL;
	return direction;
}

#endif
