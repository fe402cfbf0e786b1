/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/* What the container runtime asks: its environment and standard input. */
#ifndef NODEMESH_CNI_REQUEST_H
#define NODEMESH_CNI_REQUEST_H

#include "slice.h"

/* A network configuration with the results of the plugins before is a few KiB. */
#define MAX_CONFIGURATION (1024 * 1024)

struct request {
	const char *command;
	const char *container;
	const char *netns;
	const char *interface;
	const char *arguments;
	struct slice configuration;
	/* Of the configuration, as it is written there; "1.0.0" where it names none. */
	struct slice version;
	/* The agent's socket. */
	char socket[104];
};

/* Reads the environment. */
void request_from_environment(struct request *request);

/* Reads standard input; on failure the sentence that says why. */
const char *request_read_configuration(struct request *request);

/* What is wrong with the environment; null when nothing is. */
const char *request_problem(const struct request *request);

/* Tells whether the pod is of a namespace that the configuration lets go without the agent. */
bool request_is_excluded(const struct request *request);

/* The result of the plugins before; false when there is none. */
bool request_previous_result(const struct request *request, struct slice *result);

#endif
