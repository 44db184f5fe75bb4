/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Reads heaps.conf, a key file:
 *
 *   [HEAP NAME]
 *   contiguous=yes          # likewise importable, cacheable, protected, dma32, decrypted
 *   aliases=NAME;NAME
 *   max-bytes=33554432      # that a process may hold of it
 *
 * From the file $GST_HEAPS_CONFIG names; where it is unset, from
 * gst-heaps/heaps.conf in the user's configuration directory and then in the system's. A heap
 * the user declares is not looked up in the system's file. */
#include "gstheapconfig.h"

#include "gstheapdebug.h"

#define GST_CAT_DEFAULT gst_heap_debug
#define ALIASES_KEY "aliases"
#define MAX_BYTES_KEY "max-bytes"

static gboolean
is_declared (GArray *declarations, const gchar *name)
{
  for (guint i = 0; i < declarations->len; i++) {
    if (g_str_equal (g_array_index (declarations, struct heap_declaration, i).name, name))
      return TRUE;
  }
  return FALSE;
}

static void
read_answer (GKeyFile *file, const gchar *path, const gchar *group, const gchar *key, struct heap_facts *facts)
{
  enum heap_property property;
  gchar *value = g_key_file_get_string (file, group, key, NULL);

  if (!heap_property_from_name (key, strlen (key), &property))
    GST_WARNING ("%s: [%s] %s: no property of heaps is called that", path, group, key);
  else if (g_strcmp0 (value, "yes") == 0)
    heap_facts_learn (facts, property, HEAP_YES, HEAP_SOURCE_CONFIG);
  else if (g_strcmp0 (value, "no") == 0)
    heap_facts_learn (facts, property, HEAP_NO, HEAP_SOURCE_CONFIG);
  else
    GST_WARNING ("%s: [%s] %s=%s: neither yes nor no", path, group, key, value);
  g_free (value);
}

static void
read_max_bytes (GKeyFile *file, const gchar *path, const gchar *group, guint64 *ret_max_bytes)
{
  gchar *value = g_key_file_get_string (file, group, MAX_BYTES_KEY, NULL);

  if (!value || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, ret_max_bytes, NULL))
    GST_WARNING ("%s: [%s] " MAX_BYTES_KEY "=%s: no number of bytes", path, group, value);
  g_free (value);
}

static void
read_group (GKeyFile *file, const gchar *path, const gchar *group, GArray *declarations)
{
  struct heap_declaration declaration = { .name = g_strdup (group) };
  gchar **keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (gchar **key = keys; key && *key; key++) {
    if (g_str_equal (*key, ALIASES_KEY))
      declaration.aliases = (const char *const *) g_key_file_get_string_list (file, group, *key, NULL, NULL);
    else if (g_str_equal (*key, MAX_BYTES_KEY))
      read_max_bytes (file, path, group, &declaration.max_bytes);
    else
      read_answer (file, path, group, *key, &declaration.facts);
  }
  g_strfreev (keys);
  g_array_append_val (declarations, declaration);
}

/* A file that may be absent is so without a word. */
static void
read_file (const gchar *path, gboolean may_be_absent, GArray *declarations)
{
  GKeyFile *file = g_key_file_new ();
  GError *error = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error)) {
    gchar **groups = g_key_file_get_groups (file, NULL);

    for (gchar **group = groups; *group; group++) {
      if (!is_declared (declarations, *group))
        read_group (file, path, *group, declarations);
    }
    g_strfreev (groups);
  } else if (!may_be_absent || !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    GST_WARNING ("%s: %s; nothing of it counts", path, error->message);
  }
  g_clear_error (&error);
  g_key_file_free (file);
}

static gpointer
read_config (gpointer unused)
{
  GArray *declarations = g_array_new (FALSE, TRUE, sizeof (struct heap_declaration));
  struct heap_config *config = g_new0 (struct heap_config, 1);
  const gchar *path = g_getenv ("GST_HEAPS_CONFIG");

  if (path) {
    read_file (path, FALSE, declarations);
  } else {
    gchar *user = g_build_filename (g_get_user_config_dir (), "gst-heaps", "heaps.conf", NULL);

    read_file (user, TRUE, declarations);
    read_file (CONFIG_DIR "/heaps.conf", TRUE, declarations);
    g_free (user);
  }
  config->n_declarations = declarations->len;
  config->declarations = (const struct heap_declaration *) g_array_free (declarations, FALSE);
  return config;
}

const struct heap_config *
gst_heap_config_get (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, read_config, NULL);
}

guint64
gst_heap_config_get_max_bytes (const gchar *name)
{
  const struct heap_config *config = gst_heap_config_get ();

  for (gsize i = 0; i < config->n_declarations; i++) {
    const struct heap_declaration *declaration = &config->declarations[i];

    if (g_str_equal (declaration->name, name) || (declaration->aliases && g_strv_contains (declaration->aliases, name)))
      return declaration->max_bytes;
  }
  return 0;
}
