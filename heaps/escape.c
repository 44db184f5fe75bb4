/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Makes hostile names harmless in messages. */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* By the first byte of a UTF-8 sequence; 0 for a byte that begins none. */
static size_t
sequence_length (unsigned char first)
{
  if (first < 0x80)
    return 1;
  if (first < 0xc2)
    return 0;
  if (first < 0xe0)
    return 2;
  if (first < 0xf0)
    return 3;
  return first < 0xf5 ? 4 : 0;
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
escape_write (FILE *out, const char *text)
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
escape_write_udev_pattern (FILE *out, const char *text)
{
  static const char ordinary[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_,@.:+";

  for (; *text != '\0'; text++)
    fputc (strchr (ordinary, *text) != NULL ? *text : '?', out);
}
