/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_CAPTURE_H
#define NODEMESH_CAPTURE_H

/*
 * What capture's programs share among each other and with the proxy. Each struct has a twin in src/NodeMesh.Capture/Ebpf, and a test
 * compares the two byte by byte. Addresses are 16 bytes in network order, IPv4 in its mapped form (::ffff:a.b.c.d), so that one map
 * serves both families; ports are in host order.
 *
 * The way of a destination. A connect hook rewrites it and remembers it on the socket (dialled_destinations). When the socket has its
 * own port, just before the SYN leaves, it is noted under the connection's name (original_destinations); when the proxy's end of the
 * connection is established, it moves onto that socket (accepted_destinations), where the proxy finds it for as long as the socket lives.
 */

#include <linux/types.h>

/* The mesh's ports and marks: NodeMesh.Model.MeshPorts and NodeMesh.Capture.CaptureMarks have the same. */
#define NODEMESH_PORT_OUTBOUND 15001
#define NODEMESH_PORT_INBOUND 15006
#define NODEMESH_PORT_HBONE 15008
#define NODEMESH_PORT_DNS 15053
#define NODEMESH_MARK_PROXY 0x539
#define NODEMESH_MARK_DELIVERY 0x10539
#define NODEMESH_MARK_MASK 0xfff
#define NODEMESH_MARK_DELIVERY_MASK 0x10fff

/* captured_namespace.flags */
#define NODEMESH_CAPTURE_DNS (1U << 0)
#define NODEMESH_EXCLUDES_PORTS (1U << 1)	  /* outbound */
#define NODEMESH_INCLUDES_PORTS (1U << 2)	  /* outbound, whatever the ranges say */
#define NODEMESH_INCLUDES_ALL_PORTS (1U << 3)
#define NODEMESH_EXCLUDES_RANGES (1U << 4)
#define NODEMESH_ONLY_INCLUDED_RANGES (1U << 5)
#define NODEMESH_EXCLUDES_INBOUND (1U << 6)
#define NODEMESH_ONLY_INCLUDED_INBOUND (1U << 7)
#define NODEMESH_VIRTUAL_INTERFACES (1U << 8)

/* port_rule.kind */
#define NODEMESH_OUTBOUND_EXCLUDED 1
#define NODEMESH_OUTBOUND_INCLUDED 2
#define NODEMESH_INBOUND_EXCLUDED 3
#define NODEMESH_INBOUND_INCLUDED 4

/* address_range.kind */
#define NODEMESH_RANGE_EXCLUDED_V4 1
#define NODEMESH_RANGE_EXCLUDED_V6 2
#define NODEMESH_RANGE_INCLUDED_V4 3
#define NODEMESH_RANGE_INCLUDED_V6 4

/* pod_listener.slot */
#define NODEMESH_LISTENER_INBOUND 0
#define NODEMESH_LISTENER_OUTBOUND 1

/*
 * Unconnected DNS. The hook for answers learns nothing but where a datagram came from, so each name server that one socket asks gets an
 * address of its own for the proxy's listener: the first plain loopback, the others 127.15.53.N and fd16:9254:7127:1353::N.
 */
#define NODEMESH_ASKED_SERVERS 3 /* resolv.conf(5): MAXNS */
#define NODEMESH_DNS_ALIAS_V4 0x7f0f3500

struct pod_address {
	__be32 words[4];
};

/* Value of asked_servers, on an application's UDP socket: which server has which address. */
struct asked_servers {
	struct pod_address first; /* all zero: none */
	struct pod_address second;
	struct pod_address third;
	__u32 next; /* whose place is taken next */
	__u32 reserved;
};

/* Value of captured_namespaces: a network namespace (key: its cookie) whose traffic is captured, and the addresses it calls its own. */
struct captured_namespace {
	struct pod_address ipv4; /* all zero: none */
	struct pod_address ipv6;
	__u32 flags;
	__u32 reserved;
};

/* Key of own_addresses: destinations that stay inside the pod. */
struct own_address {
	__u64 netns_cookie;
	struct pod_address address;
};

/* Key of port_rules. */
struct port_rule {
	__u64 netns_cookie;
	__u16 port;
	__u16 kind;
	__u32 reserved;
};

/* Key of address_ranges, a trie: the prefix counts kind, cookie and the address's leading bits. */
struct address_range {
	__u32 prefix_length;
	__u32 kind;
	__u64 netns_cookie;
	struct pod_address address;
};

/* Key of virtual_interfaces: devices of a pod behind which other machines are. */
struct virtual_interface {
	__u64 netns_cookie;
	__u32 index;
	__u32 reserved;
};

/* Key of pod_listeners. */
struct pod_listener {
	__u64 netns_cookie;
	__u32 slot;
	__u32 reserved;
};

/* Value of dialled_destinations, on an application's socket: what it dialled, and where that was sent instead. */
struct dialled_destination {
	__u64 netns_cookie;
	struct pod_address address;
	__u16 port;
	__u16 listener_port;
	__u32 reserved;
};

/* Key of original_destinations: a captured connection by its client's end, and the listener that it goes to. */
struct captured_flow {
	__u64 netns_cookie;
	struct pod_address client_address;
	__u16 client_port;
	__u16 listener_port;
	__u32 reserved;
};

/* Value of original_destinations and accepted_destinations. */
struct original_destination {
	__u64 client_cookie; /* the application's socket */
	struct pod_address address;
	__u16 port;
	__u16 reserved[3];
};

#endif
