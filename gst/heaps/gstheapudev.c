/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Rules for udev, for people who give permissions, and for their tools. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapudev.h>

#include "heaps/names.h"
#include "heaps/udev-rules.h"

#include <stdlib.h>

G_STATIC_ASSERT (sizeof GST_HEAP_UDEV_RULES_PATH == sizeof UDEV_RULES_PATH);

static gboolean
check_names (const gchar *const *names, GError **error)
{
  for (guint i = 0; names && names[i]; i++) {
    if (heap_name_is_valid (names[i]))
      continue;
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "no heap can be called \"%.64s\"", names[i]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_group (const gchar *group, GError **error)
{
  if (udev_group_is_valid (group))
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "\"%.64s\" is no name of a group that a rule can have: letters, digits, \"_\", \".\" and \"-\"", group);
  return FALSE;
}

/* NULL: no memory for it. */
static gchar *
write_rules (const struct udev_rules *rules)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);
  gchar *copy = NULL;

  if (!out)
    return NULL;
  udev_rules_write (out, rules);
  if (fclose (out) == 0)
    copy = g_strdup (text);
  free (text);
  return copy;
}

/**
 * gst_heap_make_udev_rules:
 * @names: (nullable) (array zero-terminated=1): names of heaps, which need not be there; `process` stands for
 *     `/dev/udmabuf`. None: all heaps of the kernel
 * @group: (nullable): the name or the number of a group, which need not be there; %NULL: `video`
 * @error: #GST_HEAP_ERROR_INVALID when no heap can have one of @names, or a rule cannot have @group
 *
 * The rules for udev by which members of @group may open heaps, which are root's otherwise. Comments say where they
 * belong, which is #GST_HEAP_UDEV_RULES_PATH, and how they take effect. A name with characters that patterns of udev
 * cannot say becomes a pattern that fits other names, too.
 *
 * Returns: (transfer full) (nullable): the text of a file with the rules, in ASCII
 *
 * Since: 0.1
 */
gchar *
gst_heap_make_udev_rules (const gchar *const *names, const gchar *group, GError **error)
{
  struct udev_rules rules = { .group = group ? group : UDEV_DEFAULT_GROUP, .heaps = names };
  gchar *text;

  if (!check_names (names, error) || !check_group (rules.group, error))
    return NULL;
  rules.n_heaps = names ? g_strv_length ((gchar **) names) : 0;
  text = write_rules (&rules);
  if (!text)
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "out of memory");
  return text;
}
