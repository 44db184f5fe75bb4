/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writes what comes from the system or from users into text for people. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

/* Control characters and what is not UTF-8 become \xHH, and \ becomes \\. */
void text_write_escaped (FILE *out, const char *text);
/* What the C library says to a -errno. */
void text_write_error (FILE *out, int error);
/* The name of a user or a group; the number where there is none. */
void text_write_user (FILE *out, uid_t uid);
void text_write_group (FILE *out, gid_t gid);
