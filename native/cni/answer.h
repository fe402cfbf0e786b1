/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/* What the container runtime is told, on standard output. */
#ifndef NODEMESH_CNI_ANSWER_H
#define NODEMESH_CNI_ANSWER_H

#include "slice.h"

/* Error codes of the CNI specification. */
enum answer_code {
	ANSWER_INVALID_ENVIRONMENT = 4,
	ANSWER_IO_FAILURE = 5,
	ANSWER_INVALID_CONFIGURATION = 7,
	ANSWER_TRY_AGAIN_LATER = 11,
	ANSWER_UNAVAILABLE = 50,
};

/* Writes text as it is. Returns the exit code 0; 1 when it could not be written. */
int answer_text(struct slice text);

/* Writes an error. Returns the exit code 1. */
int answer_error(struct slice version, enum answer_code code, const char *message, const char *details);

/* Writes the versions that the plugin speaks. */
int answer_versions(struct slice version);

#endif
