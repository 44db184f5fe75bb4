/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Reads heaps.conf, a key file:
 *
 *   [gst-heaps]
 *   selection=heap-require=contiguous    # for who says nothing else
 *   include=FILE;FILE                    # beside this one, or with an absolute path
 *
 *   [HEAP NAME]
 *   contiguous=yes          # likewise importable, cacheable, protected, dma32, decrypted
 *   aliases=NAME;NAME
 *   max-bytes=33554432      # that a process may hold of it
 *
 * From the file $GST_HEAPS_CONFIG names; where it is unset, from
 * gst-heaps/heaps.conf in the user's configuration directory and then in the system's. What is said first counts: a
 * heap that one file declares is not looked up in those it includes, nor in the system's. */
#include "gstheapconfig.h"

#include <gst/heaps/gstheap.h>
#include <gst/heaps/gstheapselection.h>

#include "gstheapconfigfile.h"

#include <string.h>

#define OWN_GROUP "gst-heaps" /* no name the kernel would give a heap */
#define SELECTION_KEY "selection"
#define INCLUDE_KEY "include"
#define ALIASES_KEY "aliases"
#define MAX_BYTES_KEY "max-bytes"
#define SEPARATOR ";"

typedef struct {
  struct heap_config heaps;
  gchar *selection;       /* NULL: none */
  gchar *selection_place; /* "FILE:LINE" */
  gchar **problems;
} Config;

/* While files are read. */
typedef struct {
  GArray *declarations; /* of struct heap_declaration */
  guint n_before;       /* declarations of the files before this one, which it cannot change */
  GPtrArray *includes;  /* NULL: this file is included, and includes none */
  Config *config;
} Reading;

/* The declaration of name, at or after first; NULL: there is none. */
static struct heap_declaration *
find_declaration (GArray *declarations, guint first, const gchar *name)
{
  for (guint i = first; i < declarations->len; i++) {
    struct heap_declaration *declaration = &g_array_index (declarations, struct heap_declaration, i);

    if (g_str_equal (declaration->name, name))
      return declaration;
  }
  return NULL;
}

static void
read_answer (const GstHeapConfigPlace *place, const gchar *key, const gchar *value, struct heap_facts *facts)
{
  enum heap_property property;

  if (!heap_property_from_name (key, strlen (key), &property))
    gst_heap_config_complain (place,
        "no property of heaps is called %.64s; there are importable, contiguous, cacheable, protected, dma32 and "
        "decrypted, and " ALIASES_KEY " and " MAX_BYTES_KEY,
        key);
  else if (g_str_equal (value, "yes"))
    heap_facts_learn (facts, property, HEAP_YES, HEAP_SOURCE_CONFIG);
  else if (g_str_equal (value, "no"))
    heap_facts_learn (facts, property, HEAP_NO, HEAP_SOURCE_CONFIG);
  else
    gst_heap_config_complain (place, "%s=%.64s: neither yes nor no", key, value);
}

static void
read_max_bytes (const GstHeapConfigPlace *place, const gchar *value, guint64 *ret_max_bytes)
{
  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, ret_max_bytes, NULL))
    gst_heap_config_complain (place, MAX_BYTES_KEY "=%.64s: no number of bytes", value);
}

/* Returns: (transfer full): what stands between the separators, without spaces and without what is empty */
static GPtrArray *
split (const gchar *value)
{
  gchar **parts = g_strsplit (value, SEPARATOR, -1);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (gchar **part = parts; *part; part++) {
    if (*g_strstrip (*part))
      g_ptr_array_add (list, g_strdup (*part));
  }
  g_strfreev (parts);
  return list;
}

static const char *const *
read_aliases (const GstHeapConfigPlace *place, const gchar *value)
{
  GPtrArray *names = split (value);

  for (guint i = names->len; i-- > 0;) {
    const gchar *name = g_ptr_array_index (names, i);

    if (!heap_name_is_valid (name)) {
      gst_heap_config_complain (place, ALIASES_KEY ": \"%.64s\" can be no heap's name", name);
      g_ptr_array_remove_index (names, i);
    }
  }
  g_ptr_array_add (names, NULL);
  return (const char *const *) g_ptr_array_free (names, FALSE);
}

static void
read_declaration (
    const GstHeapConfigPlace *place, const gchar *group, const gchar *key, const gchar *value, Reading *reading)
{
  struct heap_declaration *declaration = find_declaration (reading->declarations, reading->n_before, group);

  if (find_declaration (reading->declarations, 0, group) != declaration)
    return;
  if (!declaration) {
    struct heap_declaration new = { .name = g_strdup (group) };

    g_array_append_val (reading->declarations, new);
  } else if (!key) {
    gst_heap_config_complain (place, "[%s] is there already: what follows is added to it", group);
  } else if (g_str_equal (key, ALIASES_KEY)) {
    declaration->aliases = read_aliases (place, value);
  } else if (g_str_equal (key, MAX_BYTES_KEY)) {
    read_max_bytes (place, value, &declaration->max_bytes);
  } else {
    read_answer (place, key, value, &declaration->facts);
  }
}

/* It counts even if it makes no sense, so that who asks for a default gets an error rather than any memory. */
static void
read_selection (const GstHeapConfigPlace *place, const gchar *value, Config *config)
{
  GstHeapSelection *selection;
  GError *error = NULL;

  if (config->selection)
    return;
  config->selection = g_strdup (value);
  config->selection_place = g_strdup_printf ("%s:%u", place->path, place->line);
  selection = gst_heap_selection_new_from_string (value, &error);
  if (!selection)
    gst_heap_config_complain (place, SELECTION_KEY ": %s", error->message);
  g_clear_pointer (&selection, gst_heap_selection_unref);
  g_clear_error (&error);
}

static void
read_includes (const GstHeapConfigPlace *place, const gchar *value, Reading *reading)
{
  GPtrArray *files = split (value);
  gchar *directory = g_path_get_dirname (place->path);

  if (!reading->includes)
    gst_heap_config_complain (place, INCLUDE_KEY ": this file is included itself, and includes no other");
  for (guint i = 0; reading->includes && i < files->len; i++) {
    const gchar *file = g_ptr_array_index (files, i);

    g_ptr_array_add (
        reading->includes, g_path_is_absolute (file) ? g_strdup (file) : g_build_filename (directory, file, NULL));
  }
  g_free (directory);
  g_ptr_array_unref (files);
}

static void
read_own_key (const GstHeapConfigPlace *place, const gchar *key, const gchar *value, Reading *reading)
{
  if (g_str_equal (key, SELECTION_KEY))
    read_selection (place, value, reading->config);
  else if (g_str_equal (key, INCLUDE_KEY))
    read_includes (place, value, reading);
  else
    gst_heap_config_complain (
        place, "[" OWN_GROUP "] has no key %.64s; there are " SELECTION_KEY " and " INCLUDE_KEY, key);
}

static void
read_entry (
    const GstHeapConfigPlace *place, const gchar *group, const gchar *key, const gchar *value, gpointer user_data)
{
  if (!g_str_equal (group, OWN_GROUP))
    read_declaration (place, group, key, value, user_data);
  else if (key)
    read_own_key (place, key, value, user_data);
}

static void
read_file (const gchar *path, gboolean may_be_absent, Reading *reading, GPtrArray *problems)
{
  GPtrArray *includes = g_ptr_array_new_with_free_func (g_free);

  reading->includes = includes;
  reading->n_before = reading->declarations->len;
  gst_heap_config_file_read (path, may_be_absent, problems, read_entry, reading);
  reading->includes = NULL;
  for (guint i = 0; i < includes->len; i++) {
    reading->n_before = reading->declarations->len;
    gst_heap_config_file_read (g_ptr_array_index (includes, i), FALSE, problems, read_entry, reading);
  }
  g_ptr_array_unref (includes);
}

static gpointer
read_config (gpointer unused)
{
  Config *config = g_new0 (Config, 1);
  Reading reading = { g_array_new (FALSE, TRUE, sizeof (struct heap_declaration)), .config = config };
  GPtrArray *problems = g_ptr_array_new ();
  const gchar *path = g_getenv ("GST_HEAPS_CONFIG");

  if (path) {
    read_file (path, FALSE, &reading, problems);
  } else {
    gchar *user = g_build_filename (g_get_user_config_dir (), "gst-heaps", "heaps.conf", NULL);

    read_file (user, TRUE, &reading, problems);
    read_file (CONFIG_DIR "/heaps.conf", TRUE, &reading, problems);
    g_free (user);
  }
  config->heaps.n_declarations = reading.declarations->len;
  config->heaps.declarations = (const struct heap_declaration *) g_array_free (reading.declarations, FALSE);
  g_ptr_array_add (problems, NULL);
  config->problems = (gchar **) g_ptr_array_free (problems, FALSE);
  return config;
}

static const Config *
get_config (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, read_config, NULL);
}

const struct heap_config *
gst_heap_config_get (void)
{
  return &get_config ()->heaps;
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

const gchar *
gst_heap_config_get_selection (const gchar **ret_place)
{
  const Config *config = get_config ();

  *ret_place = config->selection_place;
  return config->selection;
}

/**
 * gst_heap_list_config_problems:
 *
 * Tells what is wrong in the files that this process has its configuration from (`heaps.conf`): a file that cannot be
 * read, a line that says nothing, a value that makes no sense. What is wrong does not count, the rest does.
 *
 * Returns: (transfer full) (array zero-terminated=1): a line of text for each problem, "FILE:LINE: what it is"; empty
 *     where all is well
 *
 * Since: 0.1
 */
gchar **
gst_heap_list_config_problems (void)
{
  return g_strdupv (get_config ()->problems);
}
