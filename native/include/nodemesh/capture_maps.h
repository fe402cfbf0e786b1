/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_CAPTURE_MAPS_H
#define NODEMESH_CAPTURE_MAPS_H

/* Capture's maps. Every object declares all of them; the loader makes them once and gives each object the same. */

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <nodemesh/capture.h>

/* A node has a few hundred pods at most; entries are made as needed, so the limits only bound a mistake. */
#define NODEMESH_MAX_PODS 4096
#define NODEMESH_MAX_RULES 65536
#define NODEMESH_MAX_HANDSHAKES 262144

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_PODS);
	__type(key, __u64);
	__type(value, struct captured_namespace);
} captured_namespaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_RULES);
	__type(key, struct own_address);
	__type(value, __u8);
} own_addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_RULES);
	__type(key, struct port_rule);
	__type(value, __u8);
} port_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_RULES);
	__type(key, struct address_range);
	__type(value, __u8);
} address_ranges SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_PODS);
	__type(key, struct virtual_interface);
	__type(value, __u8);
} virtual_interfaces SEC(".maps");

/* The kernel removes a listener when it is closed: an absent one means that no proxy is there. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2 * NODEMESH_MAX_PODS);
	__type(key, struct pod_listener);
	__type(value, __u64);
} pod_listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct dialled_destination);
} dialled_destinations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct asked_servers);
} asked_servers SEC(".maps");

/* Holds connections during their handshake only. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODEMESH_MAX_HANDSHAKES);
	__type(key, struct captured_flow);
	__type(value, struct original_destination);
} original_destinations SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct original_destination);
} accepted_destinations SEC(".maps");

#endif
