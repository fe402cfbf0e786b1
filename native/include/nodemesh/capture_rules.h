/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_CAPTURE_RULES_H
#define NODEMESH_CAPTURE_RULES_H

/* Which outbound destinations are captured: the decisions of the iptables rules (CaptureRules.cs), in their order. */

#include <nodemesh/capture_address.h>
#include <nodemesh/capture_maps.h>

#define PORT_DNS 53

/*
 * The captured pod that a socket belongs to; none for the proxy's own sockets. The caller reads ctx->sk once, into a local: the verifier loses
 * the null check of a field that is read twice.
 */
static __always_inline struct captured_namespace *captured_pod(struct bpf_sock_addr *ctx, struct bpf_sock *sk, __u64 *cookie)
{
	if ((sk->mark & NODEMESH_MARK_MASK) == NODEMESH_MARK_PROXY)
		return NULL;
	*cookie = bpf_get_netns_cookie(ctx);
	return bpf_map_lookup_elem(&captured_namespaces, cookie);
}

static __always_inline bool has_port_rule(__u64 cookie, __u16 port, __u16 kind)
{
	struct port_rule rule = { .netns_cookie = cookie, .port = port, .kind = kind };

	return bpf_map_lookup_elem(&port_rules, &rule) != NULL;
}

static __always_inline bool is_own_address(__u64 cookie, const struct pod_address *address)
{
	struct own_address key = { .netns_cookie = cookie, .address = *address };

	return bpf_map_lookup_elem(&own_addresses, &key) != NULL;
}

static __always_inline bool is_in_range(__u64 cookie, const struct pod_address *address, __u32 kind)
{
	struct address_range range = {
		.prefix_length = 8 * (sizeof(range) - sizeof(range.prefix_length)),
		.kind = kind,
		.netns_cookie = cookie,
		.address = *address,
	};

	return bpf_map_lookup_elem(&address_ranges, &range) != NULL;
}

static __always_inline bool ranges_capture(__u64 cookie, __u32 flags, const struct pod_address *to)
{
	bool v4 = address_is_ipv4(to);

	if ((flags & NODEMESH_EXCLUDES_RANGES) &&
	    is_in_range(cookie, to, v4 ? NODEMESH_RANGE_EXCLUDED_V4 : NODEMESH_RANGE_EXCLUDED_V6))
		return false;
	if (flags & NODEMESH_ONLY_INCLUDED_RANGES)
		return is_in_range(cookie, to, v4 ? NODEMESH_RANGE_INCLUDED_V4 : NODEMESH_RANGE_INCLUDED_V6);
	return true;
}

/* DNS, over UDP and TCP alike, to any server but the pod itself. */
static __always_inline bool captures_dns(__u64 cookie, __u32 flags, const struct pod_address *to, __u16 port)
{
	return port == PORT_DNS && (flags & NODEMESH_CAPTURE_DNS) && !address_is_loopback(to) && !is_own_address(cookie, to);
}

/* The listener that a TCP connection goes to; 0 where it goes on untouched. */
static __always_inline __u16 outbound_listener(__u64 cookie, __u32 flags, const struct pod_address *to, __u16 port)
{
	/* A pod that calls itself: nobody else is there to be authenticated. Answers to probes are the node's. */
	if (address_is_loopback(to) || address_is_probe(to) || is_own_address(cookie, to))
		return 0;
	if (port == PORT_DNS && (flags & NODEMESH_CAPTURE_DNS))
		return NODEMESH_PORT_DNS;
	if ((flags & NODEMESH_EXCLUDES_PORTS) && has_port_rule(cookie, port, NODEMESH_OUTBOUND_EXCLUDED))
		return 0;
	if (flags & NODEMESH_INCLUDES_ALL_PORTS)
		return NODEMESH_PORT_OUTBOUND;
	if ((flags & NODEMESH_INCLUDES_PORTS) && has_port_rule(cookie, port, NODEMESH_OUTBOUND_INCLUDED))
		return NODEMESH_PORT_OUTBOUND;
	return ranges_capture(cookie, flags, to) ? NODEMESH_PORT_OUTBOUND : 0;
}

#endif
