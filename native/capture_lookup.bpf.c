// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Copyright The NodeMesh Authors

// Hands new TCP connections to a captured pod to the proxy's listener, with their addresses as they are. One instance for each pod.
#include <linux/in.h>
#include <nodemesh/capture_rules.h>

#define AF_INET 2

/* Every network namespace has its loopback device first. */
#define LOOPBACK_INDEX 1

/* The pod's: a program for sk_lookup cannot ask for it. Set before loading. */
const volatile __u64 netns_cookie = 0;

/* Machines behind the pod's own devices: what they open counts as the pod's. Only such a connection can be for a foreign address. */
static __always_inline bool is_from_behind(struct bpf_sk_lookup *ctx, __u32 flags, const struct pod_address *local)
{
	struct virtual_interface key = { .netns_cookie = netns_cookie, .index = ctx->ingress_ifindex };

	if (!(flags & NODEMESH_VIRTUAL_INTERFACES))
		return false;
	return bpf_map_lookup_elem(&virtual_interfaces, &key) || !is_own_address(netns_cookie, local);
}

static __always_inline bool is_captured(__u32 flags, const struct pod_address *remote, __u16 port)
{
	if (address_is_probe(remote) || port == NODEMESH_PORT_HBONE)
		return false;
	if ((flags & NODEMESH_EXCLUDES_INBOUND) && has_port_rule(netns_cookie, port, NODEMESH_INBOUND_EXCLUDED))
		return false;
	return !(flags & NODEMESH_ONLY_INCLUDED_INBOUND) || has_port_rule(netns_cookie, port, NODEMESH_INBOUND_INCLUDED);
}

static __always_inline int give_to(struct bpf_sk_lookup *ctx, __u32 slot)
{
	struct pod_listener key = { .netns_cookie = netns_cookie, .slot = slot };
	struct bpf_sock *listener = bpf_map_lookup_elem(&pod_listeners, &key);
	long error;

	/* No proxy: the connection is refused, not let through. */
	if (!listener)
		return SK_DROP;
	/* Of several listeners on that port the one in the map is meant, not one of its group. */
	error = bpf_sk_assign(ctx, listener, BPF_SK_LOOKUP_F_NO_REUSEPORT | BPF_SK_LOOKUP_F_REPLACE);
	bpf_sk_release(listener);
	return error ? SK_DROP : SK_PASS;
}

SEC("sk_lookup")
int capture_lookup(struct bpf_sk_lookup *ctx)
{
	__u64 cookie = netns_cookie;
	struct pod_address local, remote;
	struct captured_namespace *pod;
	__be32 local4, remote4;

	/* The proxy's deliveries, whose sockets are bound to loopback for this. */
	if (ctx->protocol != IPPROTO_TCP || ctx->ingress_ifindex == LOOPBACK_INDEX)
		return SK_PASS;
	pod = bpf_map_lookup_elem(&captured_namespaces, &cookie);
	if (!pod)
		return SK_PASS;
	/* Both families before the choice: reads in its branches would be joined. */
	local = READ_ADDRESS(ctx->local_ip6);
	remote = READ_ADDRESS(ctx->remote_ip6);
	local4 = READ_FIELD(ctx->local_ip4);
	remote4 = READ_FIELD(ctx->remote_ip4);
	if (ctx->family == AF_INET) {
		local = address_of_ipv4(local4);
		remote = address_of_ipv4(remote4);
	}
	/* The pod calls itself: over loopback too, but the kernel names the device that the address belongs to. */
	if (is_own_address(cookie, &remote))
		return SK_PASS;
	if (is_from_behind(ctx, pod->flags, &local))
		return give_to(ctx, NODEMESH_LISTENER_OUTBOUND);
	return is_captured(pod->flags, &remote, ctx->local_port) ? give_to(ctx, NODEMESH_LISTENER_INBOUND) : SK_PASS;
}

char _license[] SEC("license") = "GPL";
