/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 list: the heaps of this machine. */
#include "json-output.h"
#include "options.h"
#include "table.h"
#include "terminal.h"

#include <gst/heaps/heaps.h>
#include <grp.h>
#include <pwd.h>

/* The owner and the mode of a heap's node. */
typedef struct {
  guint uid, gid, mode;
} Node;

/* The index-th property there is; NONE after the last. */
static GstHeapProperties
property_at (guint index)
{
  g_autoptr (GFlagsClass) properties = g_type_class_ref (GST_TYPE_HEAP_PROPERTIES);
  GstHeapProperties property = 1u << index;

  return property & properties->mask ? property : GST_HEAP_PROPERTY_NONE;
}

static guint
count_properties (void)
{
  guint count = 0;

  while (property_at (count) != GST_HEAP_PROPERTY_NONE)
    count++;
  return count;
}

static const gchar *
answer_name (GstHeapAnswer answer)
{
  g_autoptr (GEnumClass) answers = g_type_class_ref (GST_TYPE_HEAP_ANSWER);

  return g_enum_get_value (answers, answer)->value_nick;
}

/* Names of users and groups, or their numbers where they have no name. */
static gchar *
owner_name (guint uid)
{
  const struct passwd *entry = getpwuid (uid);

  return entry ? g_strdup (entry->pw_name) : g_strdup_printf ("%u", uid);
}

static gchar *
group_name (guint gid)
{
  const struct group *entry = getgrgid (gid);

  return entry ? g_strdup (entry->gr_name) : g_strdup_printf ("%u", gid);
}

static void
add_access (JsonBuilder *builder, GstHeap *heap)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gst_heap_check_access (heap, &error);
  Node node;

  json_builder_set_member_name (builder, "access");
  json_builder_begin_object (builder);
  tool_json_add_boolean (builder, "ok", ok);
  tool_json_add_string (builder, "error", ok ? NULL : error->message);
  if (gst_heap_get_node (heap, &node.uid, &node.gid, &node.mode)) {
    g_autofree gchar *owner = owner_name (node.uid);
    g_autofree gchar *group = group_name (node.gid);
    g_autofree gchar *mode = g_strdup_printf ("%04o", node.mode & 07777);

    tool_json_add_string (builder, "owner", owner);
    tool_json_add_string (builder, "group", group);
    tool_json_add_string (builder, "mode", mode);
  }
  json_builder_end_object (builder);
}

static void
add_properties (JsonBuilder *builder, GstHeap *heap)
{
  GstHeapProperties property;

  json_builder_set_member_name (builder, "properties");
  json_builder_begin_object (builder);
  for (guint i = 0; (property = property_at (i)) != GST_HEAP_PROPERTY_NONE; i++) {
    g_autofree gchar *name = gst_heap_properties_to_string (property);

    json_builder_set_member_name (builder, name);
    json_builder_begin_object (builder);
    tool_json_add_string (builder, "answer", answer_name (gst_heap_get_answer (heap, property)));
    tool_json_add_string (builder, "source", gst_heap_get_answer_source (heap, property));
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
}

static void
print_json (GList *heaps, gboolean with_largest)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "heaps");
  json_builder_begin_array (builder);
  for (GList *l = heaps; l; l = l->next) {
    json_builder_begin_object (builder);
    tool_json_add_string (builder, "name", gst_heap_get_name (l->data));
    tool_json_add_string (builder, "path", gst_heap_get_path (l->data));
    tool_json_add_string (builder, "twin-of", gst_heap_get_twin_of (l->data));
    tool_json_add_string (builder, "twin-evidence", gst_heap_get_twin_evidence (l->data));
    add_access (builder, l->data);
    tool_json_add_sizes (builder, l->data, with_largest);
    add_properties (builder, l->data);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  tool_json_print (builder);
}

static void
add_heading (ToolTable *table, gboolean with_largest)
{
  GstHeapProperties property;

  tool_table_add (table, "heap");
  for (guint i = 0; (property = property_at (i)) != GST_HEAP_PROPERTY_NONE; i++) {
    g_autofree gchar *name = gst_heap_properties_to_string (property);

    tool_table_add (table, name);
  }
  tool_table_add (table, "access");
  tool_table_add (table, "total");
  tool_table_add (table, "used");
  tool_table_add (table, "free");
  if (with_largest)
    tool_table_add (table, "largest");
  tool_table_add (table, "node");
}

static void
add_sizes (ToolTable *table, GstHeap *heap, gboolean with_largest)
{
  guint64 total = 0, unused = 0, largest = 0;
  gboolean is_known = gst_heap_get_capacity (heap, &total, &unused);

  tool_table_add_size (table, is_known, total);
  tool_table_add_size (table, is_known, total - MIN (unused, total));
  tool_table_add_size (table, is_known, unused);
  if (with_largest) {
    is_known = gst_heap_find_largest (heap, &largest, NULL);
    tool_table_add_size (table, is_known, largest);
  }
}

/* "ok", or who may open it; why not where it is no matter of permission. */
static gchar *
describe_access (GstHeap *heap)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *owner = NULL;
  g_autofree gchar *group = NULL;
  Node node;

  if (gst_heap_check_access (heap, &error))
    return g_strdup ("ok");
  if (!gst_heap_get_node (heap, &node.uid, &node.gid, &node.mode))
    return g_strdup ("no");
  owner = owner_name (node.uid);
  group = group_name (node.gid);
  return g_strdup_printf ("no: %s:%s %04o", owner, group, node.mode & 07777);
}

static gchar *
describe_node (GstHeap *heap)
{
  const gchar *path = gst_heap_get_path (heap);
  const gchar *twin = gst_heap_get_twin_of (heap);

  if (!twin)
    return g_strdup (path ? path : "-");
  return g_strdup_printf ("%s (same region as %s: %s)", path ? path : "-", twin, gst_heap_get_twin_evidence (heap));
}

static void
add_row (ToolTable *table, GstHeap *heap, gboolean with_largest)
{
  static const gchar *const marks[] = {
    [GST_HEAP_ANSWER_UNKNOWN] = "?",
    [GST_HEAP_ANSWER_NO] = "no",
    [GST_HEAP_ANSWER_YES] = "yes",
  };
  g_autofree gchar *access = describe_access (heap);
  g_autofree gchar *node = describe_node (heap);
  GstHeapProperties property;

  tool_table_add (table, gst_heap_get_name (heap));
  for (guint i = 0; (property = property_at (i)) != GST_HEAP_PROPERTY_NONE; i++)
    tool_table_add (table, marks[gst_heap_get_answer (heap, property)]);
  tool_table_add (table, access);
  add_sizes (table, heap, with_largest);
  tool_table_add (table, node);
}

static gboolean
has_kernel_heap (GList *heaps)
{
  for (GList *l = heaps; l; l = l->next)
    if (gst_heap_get_path (l->data))
      return TRUE;
  return FALSE;
}

static void
print_table (GList *heaps, gboolean with_largest)
{
  g_autoptr (ToolTable) table = tool_table_new (count_properties () + (with_largest ? 7 : 6));

  add_heading (table, with_largest);
  for (GList *l = heaps; l; l = l->next)
    add_row (table, l->data, with_largest);
  tool_table_print (table);
  if (!has_kernel_heap (heaps))
    tool_print ("\nNo kernel heap is visible here; 'gst-heaps-1.0 why system' says why.\n");
}

static int
run (int argc, gchar **argv)
{
  gboolean with_largest = FALSE;
  const GOptionEntry own[] = {
    { "largest", 0, 0, G_OPTION_ARG_NONE, &with_largest,
        "Find by trial how large a buffer each contiguous heap gives now", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };
  GList *heaps;

  if (!tool_options_parse (&options, &tool_list, own, 0, argc, argv))
    return TOOL_EXIT_USAGE;
  heaps = gst_heap_list ();
  if (options.json)
    print_json (heaps, with_largest);
  else
    print_table (heaps, with_largest);
  g_list_free_full (heaps, g_object_unref);
  return TOOL_EXIT_OK;
}

const ToolCommand tool_list = {
  .name = "list",
  .summary = "List the heaps of this machine and their properties",
  .details = "Lists the heaps of this machine: for each property yes, no or ? (unknown), whether this\n"
             "process may open the heap, how much memory it has in all, used and free, and its node. A node of the\n"
             "same region as another says so, and by what evidence. --json tells also where each answer is\n"
             "known from.",
  .run = run,
};
