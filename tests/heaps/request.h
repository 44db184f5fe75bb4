/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Requests as text, for tables of tests. */
#pragma once

#include "heaps/selection.h"

#include <check.h>
#include <string.h>

#define REQUEST_SIZE 1024
#define REQUEST_MAX_NAMES 16

struct parsed_request {
  struct heap_request request;
  char text[REQUEST_SIZE];
  const char *names[REQUEST_MAX_NAMES];
};

/* Words with spaces between them: +PROPERTY is required, ~PROPERTY preferred, -PROPERTY forbidden,
 * anything else the name of a heap. */
static inline void
parse_request (const char *text, struct parsed_request *parsed)
{
  struct heap_request *request = &parsed->request;
  char *rest = NULL;

  *parsed = (struct parsed_request){ .request.names = parsed->names };
  ck_assert_uint_lt (strlen (text), sizeof parsed->text);
  strcpy (parsed->text, text);
  for (char *word = strtok_r (parsed->text, " ", &rest); word != NULL; word = strtok_r (NULL, " ", &rest)) {
    enum heap_property property;
    heap_property_set *set = *word == '+'   ? &request->required
                             : *word == '~' ? &request->preferred
                             : *word == '-' ? &request->forbidden
                                            : NULL;
    if (set == NULL) {
      ck_assert_uint_lt (request->n_names, REQUEST_MAX_NAMES);
      parsed->names[request->n_names++] = word;
    } else {
      ck_assert_msg (heap_property_from_name (word + 1, strlen (word + 1), &property), "%s", word);
      *set |= HEAP_PROPERTY_BIT (property);
    }
  }
}
