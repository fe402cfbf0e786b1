/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "json.h"

#define DEFAULT_SOCKET "/var/run/nodemesh/agent.sock"
#define DEFAULT_VERSION "1.0.0"
#define MAX_VARIABLE 4096

static char input[MAX_CONFIGURATION];

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

void request_from_environment(struct request *request)
{
	request->command = variable("CNI_COMMAND");
	request->container = variable("CNI_CONTAINERID");
	request->netns = variable("CNI_NETNS");
	request->interface = variable("CNI_IFNAME");
	request->arguments = variable("CNI_ARGS");
	request->version = slice_of(DEFAULT_VERSION);
	strcpy(request->socket, DEFAULT_SOCKET);
}

static const char *read_all(struct slice *text)
{
	ssize_t count;

	text->at = input;
	text->length = 0;
	do {
		if (text->length == sizeof(input))
			return "the network configuration is larger than 1 MiB";
		count = read(STDIN_FILENO, input + text->length, sizeof(input) - text->length);
		if (count > 0)
			text->length += (size_t)count;
	} while (count > 0 || (count < 0 && errno == EINTR));
	return count < 0 ? "the network configuration cannot be read from standard input" : NULL;
}

const char *request_read_configuration(struct request *request)
{
	const char *problem = read_all(&request->configuration);
	struct slice value, text;

	if (problem)
		return problem;
	if (json_member(request->configuration, "cniVersion", &value) && json_string(value, &text))
		request->version = text;
	if (json_member(request->configuration, "socket", &value) && json_string(value, &text)) {
		if (text.length >= sizeof(request->socket))
			return "socket is longer than a socket's path can be (103 bytes)";
		memcpy(request->socket, text.at, text.length);
		request->socket[text.length] = 0;
	}
	return NULL;
}

/* They become headers: nothing in them may end a line. */
static bool is_line(const char *value)
{
	size_t length = 0;

	for (; value[length]; length++) {
		if ((unsigned char)value[length] < ' ' || value[length] == 0x7f || length >= MAX_VARIABLE)
			return false;
	}
	return true;
}

const char *request_problem(const struct request *request)
{
	if (!is_line(request->command) || !is_line(request->container) || !is_line(request->netns) || !is_line(request->interface) || !is_line(request->arguments))
		return "a CNI_ variable of the environment is longer than 4096 bytes or holds control characters";
	if (strcmp(request->command, "STATUS") == 0 || strcmp(request->command, "GC") == 0)
		return NULL;
	if (!request->container[0])
		return "CNI_CONTAINERID is missing";
	if (!request->netns[0] && strcmp(request->command, "DEL") != 0)
		return "CNI_NETNS is missing";
	return NULL;
}

/* CNI_ARGS is KEY=VALUE;KEY=VALUE. */
static bool find_argument(const char *arguments, const char *key, struct slice *value)
{
	size_t length = strlen(key);

	while (*arguments) {
		size_t entry = strcspn(arguments, ";");

		if (entry > length && arguments[length] == '=' && memcmp(arguments, key, length) == 0) {
			value->at = arguments + length + 1;
			value->length = entry - length - 1;
			return true;
		}
		arguments += entry + (arguments[entry] == ';');
	}
	return false;
}

bool request_is_excluded(const struct request *request)
{
	struct slice namespace, excluded;

	return find_argument(request->arguments, "K8S_POD_NAMESPACE", &namespace) &&
	       json_member(request->configuration, "excludeNamespaces", &excluded) && json_has_string(excluded, namespace);
}

bool request_previous_result(const struct request *request, struct slice *result)
{
	return json_member(request->configuration, "prevResult", result) && result->at[0] == '{';
}
