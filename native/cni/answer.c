/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

#include "answer.h"

#include <stdio.h>

int answer_text(struct slice text)
{
	return fwrite(text.at, 1, text.length, stdout) == text.length && fflush(stdout) == 0 ? 0 : 1;
}

static void print_string(struct slice text)
{
	size_t i;

	putchar('"');
	for (i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

int answer_error(struct slice version, enum answer_code code, const char *message, const char *details)
{
	fputs("{\"cniVersion\":", stdout);
	print_string(version);
	printf(",\"code\":%d,\"msg\":", (int)code);
	print_string(slice_of(message));
	fputs(",\"details\":", stdout);
	print_string(slice_of(details));
	fputs("}\n", stdout);
	fflush(stdout);
	return 1;
}

int answer_versions(struct slice version)
{
	fputs("{\"cniVersion\":", stdout);
	print_string(version);
	fputs(",\"supportedVersions\":[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n", stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
