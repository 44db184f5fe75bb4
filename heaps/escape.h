/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writes names that come from the system or from users into text for people. */
#pragma once

#include <stdio.h>

/* Control characters and what is not UTF-8 become \xHH, and \ becomes \\. */
void escape_write (FILE *out, const char *text);
/* A pattern that matches text in a udev rule: what may be special there becomes
 * "?", any one character. */
void escape_write_udev_pattern (FILE *out, const char *text);
