/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 udev: the rules that let a group open heaps. */
#include "json-output.h"
#include "options.h"
#include "terminal.h"

#include <gst/heaps/heaps.h>

#define DEFAULT_GROUP "video"

static void
add_rules (JsonBuilder *builder, const gchar *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  json_builder_set_member_name (builder, "rules");
  json_builder_begin_array (builder);
  for (guint i = 0; lines[i]; i++) {
    if (*lines[i] && *lines[i] != '#')
      json_builder_add_string_value (builder, lines[i]);
  }
  json_builder_end_array (builder);
}

static void
print_json (const gchar *group, const gchar *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  tool_json_add_string (builder, "path", GST_HEAP_UDEV_RULES_PATH);
  tool_json_add_string (builder, "group", group);
  add_rules (builder, text);
  tool_json_add_string (builder, "text", text);
  json_builder_end_object (builder);
  tool_json_print (builder);
}

static int
run (int argc, gchar **argv)
{
  g_autofree gchar *group = NULL;
  const GOptionEntry own[] = {
    { "group", 0, 0, G_OPTION_ARG_STRING, &group, "Whose members may open the heaps (default: " DEFAULT_GROUP ")",
        "NAME" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  if (!tool_options_parse (&options, &tool_udev, own, G_MAXUINT, argc, argv))
    return TOOL_EXIT_USAGE;
  text = gst_heap_make_udev_rules ((const gchar *const *) options.arguments, group ? group : DEFAULT_GROUP, &error);
  if (!text) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_USAGE;
  }
  if (options.json)
    print_json (group ? group : DEFAULT_GROUP, text);
  else
    tool_print (text);
  return TOOL_EXIT_OK;
}

const ToolCommand tool_udev = {
  .name = "udev",
  .arguments = "[HEAP…]",
  .summary = "Print the udev rules that let a group open heaps",
  .details = "Prints the rules for udev by which the members of a group may open each HEAP, or all heaps;\n"
             "\"process\" stands for /dev/udmabuf. As root:\n"
             "  gst-heaps-1.0 udev --group video linux,cma >" GST_HEAP_UDEV_RULES_PATH "\n"
             "  udevadm control --reload && udevadm trigger --subsystem-match=dma_heap\n"
             "\n"
             "Exits with 0, or with 2 when no heap or group can be called so.",
  .run = run,
};
