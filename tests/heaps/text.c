/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Names and numbers of the system in text. */
#include "heaps/text.h"
#include "suite.h"

#include <stdlib.h>

static char *
capture (void (*write) (FILE *out, const char *text), const char *text)
{
  char *captured = NULL;
  size_t size;
  FILE *out = open_memstream (&captured, &size);

  write (out, text);
  fclose (out);
  return captured;
}

static void
assert_writes (void (*write) (FILE *out, const char *text), const char *text, const char *expected)
{
  char *captured = capture (write, text);

  ck_assert_str_eq (captured, expected);
  free (captured);
}

START_TEST (test_ordinary_text_stays)
{
  assert_writes (text_write_escaped, "linux,cma@8000000", "linux,cma@8000000");
  assert_writes (text_write_escaped, "", "");
  assert_writes (
      text_write_escaped, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}
END_TEST

START_TEST (test_control_characters_are_escaped)
{
  assert_writes (text_write_escaped, "a\nb\x1b[31m\x7f", "a\\x0ab\\x1b[31m\\x7f");
  /* U+009B begins an escape sequence, as ESC [ does. */
  assert_writes (text_write_escaped, "\302\23331m", "\\xc2\\x9b31m");
  assert_writes (text_write_escaped, "a\\x0a", "a\\\\x0a");
}
END_TEST

START_TEST (test_what_is_not_utf8_is_escaped)
{
  assert_writes (text_write_escaped, "\xff", "\\xff");
  assert_writes (text_write_escaped, "\x80z", "\\x80z");
  assert_writes (text_write_escaped, "\xc3", "\\xc3");
  assert_writes (text_write_escaped, "\xe2\x82", "\\xe2\\x82");
  assert_writes (text_write_escaped, "\xc0\x8a", "\\xc0\\x8a");
  assert_writes (text_write_escaped, "\xe0\x80\x8a", "\\xe0\\x80\\x8a");
  assert_writes (text_write_escaped, "\xed\xa0\x80", "\\xed\\xa0\\x80");
  assert_writes (text_write_escaped, "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
  assert_writes (text_write_escaped, "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
  assert_writes (text_write_escaped, "\xf8\x90\x80\x80", "\\xf8\\x90\\x80\\x80");
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_ordinary_text_stays,
    test_control_characters_are_escaped,
    test_what_is_not_utf8_is_escaped,
  };

  return suite_run ("text", NULL, NULL, tests, N_ELEMENTS (tests));
}
