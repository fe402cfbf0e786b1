// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Programs that the tests of NodeMesh.Linux.Bpf attach to a cgroup, a network namespace and a map of sockets.
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct mark {
	__u64 cookie;
	__u32 port;
	__u32 seen;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mark);
} marks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u64);
} sockets SEC(".maps");

/* Refuses connections to port 9 and remembers where the others went. */
SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct mark *mark;

	if (ctx->user_port == bpf_htons(9))
		return 0;
	if (!sk)
		return 1;
	mark = bpf_sk_storage_get(&marks, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (mark) {
		mark->cookie = bpf_get_socket_cookie(ctx);
		mark->port = bpf_ntohs(ctx->user_port);
	}
	return 1;
}

/* Every connection to the namespace goes to the listener in slot 0. */
SEC("sk_lookup")
int steer(struct bpf_sk_lookup *ctx)
{
	__u32 slot = 0;
	struct bpf_sock *sk = bpf_map_lookup_elem(&listeners, &slot);

	if (!sk)
		return SK_DROP;
	bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return SK_PASS;
}

/* Refuses every message of the sockets in the map. */
SEC("sk_msg")
int refuse(struct sk_msg_md *msg)
{
	return SK_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
