/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Words for what the system says in numbers and bytes; hostile names are made harmless. */
#include "text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ACCOUNT_BUFFER_SIZE 16384 /* a group has its members in it, who may be many */

/* By the first byte of a UTF-8 sequence; 0 for a byte that begins none. */
static size_t
sequence_length (unsigned char first)
{
  if (first < 0x80)
    return 1;
  if (first < 0xc0)
    return 0;
  if (first < 0xe0)
    return 2;
  if (first < 0xf0)
    return 3;
  return first < 0xf8 ? 4 : 0;
}

static bool
is_printable (uint32_t character)
{
  bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
  bool surrogate = character >= 0xd800 && character < 0xe000;

  return !control && !surrogate && character <= 0x10ffff;
}

/* The length of the well-formed UTF-8 sequence of a printable character at text, else 0. */
static size_t
printable_length (const char *text)
{
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  size_t length = sequence_length ((unsigned char) *text);
  uint32_t character = (unsigned char) *text & (length > 1 ? 0x7fu >> length : 0x7fu);

  for (size_t i = 1; i < length; i++) {
    if (((unsigned char) text[i] & 0xc0) != 0x80)
      return 0;
    character = character << 6 | ((unsigned char) text[i] & 0x3f);
  }
  return character >= least[length] && is_printable (character) ? length : 0;
}

void
text_write_escaped (FILE *out, const char *text)
{
  for (size_t length; *text != '\0'; text += length > 0 ? length : 1) {
    length = printable_length (text);
    if (*text == '\\')
      fputs ("\\\\", out);
    else if (length > 0)
      fwrite (text, 1, length, out);
    else
      fprintf (out, "\\x%02x", (unsigned) (unsigned char) *text);
  }
}

void
text_write_error (FILE *out, int error)
{
  errno = -error;
  fprintf (out, "%m");
}

void
text_write_user (FILE *out, uid_t uid)
{
  char buffer[ACCOUNT_BUFFER_SIZE];
  struct passwd entry, *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    text_write_escaped (out, found->pw_name);
  else
    fprintf (out, "%lu", (unsigned long) uid);
}

void
text_write_group (FILE *out, gid_t gid)
{
  char buffer[ACCOUNT_BUFFER_SIZE];
  struct group entry, *found = NULL;

  if (getgrgid_r (gid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    text_write_escaped (out, found->gr_name);
  else
    fprintf (out, "%lu", (unsigned long) gid);
}
