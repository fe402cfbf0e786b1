/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The NodeMesh Authors */

#include "json.h"

/* Deeper than any network configuration; a bound for the recursion. */
#define MAX_DEPTH 64

struct reader {
	const char *at;
	const char *end;
};

static struct reader reader_of(struct slice text)
{
	struct reader reader = { text.at, text.at + text.length };

	return reader;
}

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at))
		reader->at++;
}

/* The next character that is no space; 0 at the end. */
static char next(struct reader *reader)
{
	skip_space(reader);
	return reader->at < reader->end ? *reader->at : 0;
}

static bool take(struct reader *reader, char wanted)
{
	if (next(reader) != wanted)
		return false;
	reader->at++;
	return true;
}

static bool skip_string(struct reader *reader)
{
	if (!take(reader, '"'))
		return false;
	while (reader->at < reader->end) {
		if (*reader->at == '"') {
			reader->at++;
			return true;
		}
		if (*reader->at == '\\')
			reader->at++;
		reader->at++;
	}
	return false;
}

static bool skip_value(struct reader *reader, int depth);

static bool skip_members(struct reader *reader, char close, int depth)
{
	if (take(reader, close))
		return true;
	do {
		if (close == '}' && !(next(reader) == '"' && skip_string(reader) && take(reader, ':')))
			return false;
		if (!skip_value(reader, depth + 1))
			return false;
	} while (take(reader, ','));
	return take(reader, close);
}

/* Numbers, true, false and null. */
static bool skip_word(struct reader *reader)
{
	const char *start = reader->at;

	while (reader->at < reader->end && *reader->at && !strchr(",:]}[{\" \t\r\n", *reader->at))
		reader->at++;
	return reader->at > start;
}

static bool skip_value(struct reader *reader, int depth)
{
	if (depth > MAX_DEPTH)
		return false;
	switch (next(reader)) {
	case 0:
		return false;
	case '"':
		return skip_string(reader);
	case '{':
		reader->at++;
		return skip_members(reader, '}', depth);
	case '[':
		reader->at++;
		return skip_members(reader, ']', depth);
	default:
		return skip_word(reader);
	}
}

static bool read_value(struct reader *reader, struct slice *value)
{
	skip_space(reader);
	value->at = reader->at;
	if (!skip_value(reader, 0) || reader->at > reader->end)
		return false;
	value->length = (size_t)(reader->at - value->at);
	return true;
}

bool json_member(struct slice object, const char *key, struct slice *value)
{
	struct reader reader = reader_of(object);
	struct slice name, text;

	if (!take(&reader, '{'))
		return false;
	while (next(&reader) == '"') {
		if (!read_value(&reader, &name) || !take(&reader, ':') || !read_value(&reader, value))
			return false;
		if (json_string(name, &text) && slice_equals(text, key))
			return true;
		if (!take(&reader, ','))
			return false;
	}
	return false;
}

bool json_string(struct slice value, struct slice *text)
{
	if (value.length < 2 || value.at[0] != '"')
		return false;
	text->at = value.at + 1;
	text->length = value.length - 2;
	return true;
}

bool json_has_string(struct slice array, struct slice wanted)
{
	struct reader reader = reader_of(array);
	struct slice value, text;

	if (!take(&reader, '['))
		return false;
	while (read_value(&reader, &value)) {
		if (json_string(value, &text) && slice_same(text, wanted))
			return true;
		if (!take(&reader, ','))
			return false;
	}
	return false;
}
