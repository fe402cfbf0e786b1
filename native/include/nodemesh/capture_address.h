/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Copyright The NodeMesh Authors */
#ifndef NODEMESH_CAPTURE_ADDRESS_H
#define NODEMESH_CAPTURE_ADDRESS_H

/* Questions about addresses in the 16-byte form. */

#include <stdbool.h>
#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <nodemesh/capture.h>

static __always_inline struct pod_address address_of_ipv4(__be32 ip)
{
	return (struct pod_address){ { 0, 0, bpf_htonl(0xffff), ip } };
}

/*
 * A context's fields may only be read one by one and at fixed offsets: without this the compiler joins two reads to one of 8 bytes, or
 * the reads of two branches to one of a computed offset, and the verifier refuses both.
 */
#define READ_FIELD(field) (*(volatile typeof(field) *)&(field))

/* An IPv6 field of a context. */
#define READ_ADDRESS(field)                                                                                                        \
	((struct pod_address){ { READ_FIELD((field)[0]), READ_FIELD((field)[1]), READ_FIELD((field)[2]), READ_FIELD((field)[3]) } })

/* The same, written. */
#define WRITE_ADDRESS(field, value)                                                                                                \
	do {                                                                                                                       \
		(field)[0] = (value)->words[0];                                                                                    \
		(field)[1] = (value)->words[1];                                                                                    \
		(field)[2] = (value)->words[2];                                                                                    \
		(field)[3] = (value)->words[3];                                                                                    \
	} while (0)

static __always_inline bool address_is_ipv4(const struct pod_address *address)
{
	return address->words[0] == 0 && address->words[1] == 0 && address->words[2] == bpf_htonl(0xffff);
}

static __always_inline bool address_is_zero(const struct pod_address *address)
{
	return (address->words[0] | address->words[1] | address->words[2] | address->words[3]) == 0;
}

/* The unspecified address counts: connecting to it connects to loopback. */
static __always_inline bool address_is_loopback(const struct pod_address *address)
{
	__u32 last = bpf_ntohl(address->words[3]);

	if (address_is_ipv4(address))
		return last >> 24 == 127 || last == 0;
	return (address->words[0] | address->words[1] | address->words[2]) == 0 && last <= 1;
}

static __always_inline bool address_equals(const struct pod_address *one, const struct pod_address *other)
{
	return one->words[0] == other->words[0] && one->words[1] == other->words[1] && one->words[2] == other->words[2] &&
	       one->words[3] == other->words[3];
}

/* The address under which a socket's Nth name server is asked; N is not 0. */
static __always_inline struct pod_address address_of_alias_v6(__u32 place)
{
	return (struct pod_address){ { bpf_htonl(0xfd169254), bpf_htonl(0x71271353), 0, bpf_htonl(place) } };
}

/* And N again; 0 for any other address. */
static __always_inline __u32 alias_place(const struct pod_address *address)
{
	__u32 last = bpf_ntohl(address->words[3]);

	if (address_is_ipv4(address))
		last -= NODEMESH_DNS_ALIAS_V4;
	else if (address->words[0] != bpf_htonl(0xfd169254) || address->words[1] != bpf_htonl(0x71271353) || address->words[2] != 0)
		return 0;
	return last < NODEMESH_ASKED_SERVERS ? last : 0;
}

/* 169.254.7.127 and fd16:9254:7127:1337:ffff:ffff:ffff:ffff, where the node's health probes come from. */
static __always_inline bool address_is_probe(const struct pod_address *address)
{
	if (address_is_ipv4(address))
		return address->words[3] == bpf_htonl(0xa9fe077f);
	return address->words[0] == bpf_htonl(0xfd169254) && address->words[1] == bpf_htonl(0x71271337) &&
	       address->words[2] == 0xffffffff && address->words[3] == 0xffffffff;
}

#endif
