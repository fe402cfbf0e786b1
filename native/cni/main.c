/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

/*
 * nodemesh-cni: the last plugin of a node's CNI chain. It decides nothing itself: it asks the node's agent, which answers when a pod of the mesh is
 * captured. A pod that nobody answers for does not start, unless its namespace is excluded; the kubelet tries again.
 */
#include <stdio.h>

#include "agent.h"
#include "answer.h"
#include "request.h"

static bool is(const struct request *request, const char *command)
{
	return strcmp(request->command, command) == 0;
}

static int pass_on(const struct request *request)
{
	struct slice result;

	/* A check has no result. */
	if (!is(request, "ADD"))
		return 0;
	if (request_previous_result(request, &result))
		return answer_text(result);
	return answer_error(request->version, ANSWER_INVALID_CONFIGURATION, "prevResult is missing: nodemesh-cni makes no interface, so it must come after a plugin that does", "");
}

static int without_agent(const struct request *request, const struct agent_answer *answer)
{
	if (is(request, "STATUS"))
		return answer_error(request->version, ANSWER_UNAVAILABLE, "the node agent of NodeMesh is away: pods cannot start on this node", answer->problem);
	if (request_is_excluded(request))
		return pass_on(request);
	return answer_error(request->version, ANSWER_TRY_AGAIN_LATER,
			    "NodeMesh cannot tell whether this pod belongs to the mesh, so it must not start yet: see why the pod nodemesh-proxy of this node is not ready",
			    answer->problem);
}

static int ask(const struct request *request)
{
	struct agent_answer answer = { 0 };

	agent_ask(request, &answer);
	if (answer.status == 200)
		return answer_text(answer.body);
	if (answer.status != 0 && answer.body.length > 0 && answer.body.at[0] == '{') {
		answer_text(answer.body);
		return 1;
	}
	if (answer.status != 0)
		snprintf(answer.problem, sizeof(answer.problem), "the node agent answered with HTTP status %d", answer.status);
	return without_agent(request, &answer);
}

/* What is left of a pod must never keep its runtime from removing it: the agent finds out by itself. */
static int forget(const struct request *request)
{
	struct agent_answer answer = { 0 };

	if (!request_problem(request))
		agent_ask(request, &answer);
	return 0;
}

int main(void)
{
	struct request request = { 0 };
	const char *problem;

	request_from_environment(&request);
	if (!request.command[0]) {
		fputs("nodemesh-cni: a CNI plugin of NodeMesh; container runtimes run it (CNI_COMMAND is not set)\n", stderr);
		return 1;
	}
	problem = request_read_configuration(&request);
	if (is(&request, "VERSION"))
		return answer_versions(request.version);
	if (is(&request, "DEL") || is(&request, "GC"))
		return problem ? 0 : forget(&request);
	if (problem)
		return answer_error(request.version, ANSWER_IO_FAILURE, problem, "");
	problem = request_problem(&request);
	if (problem)
		return answer_error(request.version, ANSWER_INVALID_ENVIRONMENT, problem, "");
	if (!is(&request, "ADD") && !is(&request, "CHECK") && !is(&request, "STATUS"))
		return answer_error(request.version, ANSWER_INVALID_ENVIRONMENT, "CNI_COMMAND is none of ADD, CHECK, DEL, GC, STATUS, VERSION", request.command);
	return ask(&request);
}
