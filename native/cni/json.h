/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/*
 * As much JSON as the plugin needs: finding members of the network configuration, and passing values on as they were written. Keys and strings are
 * compared as written: those that are asked for need no escapes.
 */
#ifndef NODEMESH_CNI_JSON_H
#define NODEMESH_CNI_JSON_H

#include "slice.h"

/* Finds a member of an object; false when the text is no object or has no such member. */
bool json_member(struct slice object, const char *key, struct slice *value);

/* The text between a string's quotes; false when the value is no string. */
bool json_string(struct slice value, struct slice *text);

/* Tells whether an array of strings has this one. */
bool json_has_string(struct slice array, struct slice wanted);

#endif
