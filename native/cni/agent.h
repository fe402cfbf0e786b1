/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/* The way to the node's agent: one HTTP/1.0 request over a Unix socket. */
#ifndef NODEMESH_CNI_AGENT_H
#define NODEMESH_CNI_AGENT_H

#include "request.h"

struct agent_answer {
	/* HTTP's status; 0 when there was no answer, and then the reason is in problem. */
	int status;
	struct slice body;
	char problem[256];
};

/* Asks the agent, and waits for its answer for at most 90 s. */
void agent_ask(const struct request *request, struct agent_answer *answer);

#endif
