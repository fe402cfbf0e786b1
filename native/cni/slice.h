/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/* A piece of text that somebody else owns; not terminated. */
#ifndef NODEMESH_CNI_SLICE_H
#define NODEMESH_CNI_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *at;
	size_t length;
};

static inline struct slice slice_of(const char *text)
{
	struct slice slice = { text, strlen(text) };

	return slice;
}

static inline bool slice_equals(struct slice slice, const char *text)
{
	return slice.length == strlen(text) && memcmp(slice.at, text, slice.length) == 0;
}

static inline bool slice_same(struct slice left, struct slice right)
{
	return left.length == right.length && memcmp(left.at, right.at, left.length) == 0;
}

#endif
