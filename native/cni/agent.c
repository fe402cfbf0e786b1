/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Longer than the agent takes to give up on its own (30 s), shorter than a kubelet's patience with its runtime (2 min). */
#define LIMIT_MILLISECONDS 90000
#define MAX_HEAD (6 * 4096)

static char received[MAX_CONFIGURATION];

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void fail(struct agent_answer *answer, const char *what, const char *socket, int error)
{
	answer->status = 0;
	snprintf(answer->problem, sizeof(answer->problem), "%s %s: %s", what, socket, strerror(error));
}

/* Waits until the socket is ready for this; false at the end of the time. */
static bool wait_for(int descriptor, short events, long end)
{
	struct pollfd poll_entry = { .fd = descriptor, .events = events };
	long left;
	int count;

	do {
		left = end - now();
		if (left <= 0) {
			errno = ETIMEDOUT;
			return false;
		}
		count = poll(&poll_entry, 1, (int)left);
	} while (count == 0 || (count < 0 && errno == EINTR));
	return count > 0;
}

static bool send_all(int descriptor, struct slice text, long end)
{
	while (text.length > 0) {
		ssize_t count = wait_for(descriptor, POLLOUT, end) ? send(descriptor, text.at, text.length, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;

		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (count < 0)
			return false;
		text.at += count;
		text.length -= (size_t)count;
	}
	return true;
}

/* The agent closes after its answer. */
static bool receive_all(int descriptor, struct slice *text, long end)
{
	ssize_t count;

	text->at = received;
	text->length = 0;
	while (text->length < sizeof(received)) {
		count = wait_for(descriptor, POLLIN, end) ? recv(descriptor, received + text->length, sizeof(received) - text->length, MSG_DONTWAIT) : -1;
		if (count == 0)
			return true;
		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (count < 0)
			return false;
		text->length += (size_t)count;
	}
	errno = EMSGSIZE;
	return false;
}

static int open_socket(const char *path, long end)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor < 0)
		return -1;
	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	while (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) < 0) {
		struct timespec pause = { .tv_nsec = 20000000 };

		/* Many pods start at once: the agent's queue of connections is full for a moment. */
		if (errno != EINTR && (errno != EAGAIN || now() > end)) {
			int error = errno;

			close(descriptor);
			errno = error;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return descriptor;
}

static void parse(struct slice text, struct agent_answer *answer)
{
	const char *blank = text.length ? memmem(text.at, text.length, "\r\n\r\n", 4) : NULL;

	answer->status = 0;
	if (!blank || sscanf(text.at, "HTTP/1.%*1[01] %3d", &answer->status) != 1) {
		answer->status = 0;
		snprintf(answer->problem, sizeof(answer->problem), "the agent's answer is not HTTP: it ended half-way, or something else listens on its socket");
		return;
	}
	answer->body.at = blank + 4;
	answer->body.length = text.length - (size_t)(answer->body.at - text.at);
}

static bool exchange(int descriptor, const struct request *request, struct slice *text, long end)
{
	static char head[MAX_HEAD];
	struct slice line = { head, 0 };

	line.length = (size_t)snprintf(head, sizeof(head),
				       "POST /cni HTTP/1.0\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
				       "CNI-Command: %s\r\nCNI-ContainerID: %s\r\nCNI-NetNS: %s\r\nCNI-IfName: %s\r\nCNI-Args: %s\r\n\r\n",
				       request->configuration.length, request->command, request->container, request->netns, request->interface, request->arguments);
	if (line.length >= sizeof(head)) {
		errno = EMSGSIZE;
		return false;
	}
	return send_all(descriptor, line, end) && send_all(descriptor, request->configuration, end) && receive_all(descriptor, text, end);
}

void agent_ask(const struct request *request, struct agent_answer *answer)
{
	long end = now() + LIMIT_MILLISECONDS;
	int descriptor = open_socket(request->socket, end);
	struct slice text;

	if (descriptor < 0) {
		fail(answer, "the node agent does not listen on", request->socket, errno);
		return;
	}
	/* The terminator is what sscanf stops at. */
	if (exchange(descriptor, request, &text, end) && text.length < sizeof(received)) {
		received[text.length] = 0;
		parse(text, answer);
	} else {
		fail(answer, "the node agent did not answer on", request->socket, errno);
	}
	close(descriptor);
}
