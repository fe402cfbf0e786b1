// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// What the tests of NodeMesh.Linux.Bpf load: maps of each kind that needs no attachment, globals, and programs that are run by BPF_PROG_TEST_RUN.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct flow {
	__u64 cookie;
	__u8 address[16];
	__u16 port;
	__u16 flags;
	struct {
		__u32 first;
		__u32 second;
	} pair;
};

struct event {
	__u64 sequence;
	__u32 length;
	__u32 kind;
};

struct prefix {
	__u32 length;
	__u8 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct flow);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} recent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16);
	__type(key, struct prefix);
	__type(value, __u32);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

const volatile __u32 verdict = 7;
__u64 runs = 0;

/* Copies its flow, counts per processor and in a global, and says so in the ring. */
SEC("classifier")
int count(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *counter = bpf_map_lookup_elem(&counters, &key);
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);
	struct event *event;

	if (counter)
		*counter += 1;
	if (flow)
		flow->port += 1;
	runs++;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		event->sequence = runs;
		event->length = skb->len;
		event->kind = 3;
		bpf_ringbuf_submit(event, 0);
	}
	return verdict;
}

char _license[] SEC("license") = "Dual BSD/GPL";
