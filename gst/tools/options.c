/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the commands have in common on their command lines. */
#include "options.h"

#include "terminal.h"

#include <gst/heaps/heaps.h>

static gboolean
check_count (const ToolOptions *options, guint max_arguments)
{
  guint count = options->arguments ? g_strv_length (options->arguments) : 0;

  if (count <= max_arguments)
    return TRUE;
  tool_error ("too many arguments: '%s' is not expected (see --help)", options->arguments[max_arguments]);
  return FALSE;
}

/* What is said of heaps, and which are taken, goes by heaps.conf. */
static void
warn_of_config (void)
{
  g_auto (GStrv) problems = gst_heap_list_config_problems ();

  for (gchar **problem = problems; *problem; problem++)
    tool_warning ("%s", *problem);
}

gboolean
tool_options_parse (ToolOptions *options, const ToolCommand *command, const GOptionEntry *own, guint max_arguments,
    int argc, gchar **argv)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON, for scripts", NULL },
    /* FILENAME: taken as bytes, whatever the locale. */
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->arguments, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, command->details);
  g_option_context_add_main_entries (context, entries, NULL);
  if (own)
    g_option_context_add_main_entries (context, own, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    tool_error ("%s (see --help)", error->message);
    return FALSE;
  }
  if (!check_count (options, max_arguments))
    return FALSE;
  warn_of_config ();
  return TRUE;
}

void
tool_options_clear (ToolOptions *options)
{
  g_clear_pointer (&options->arguments, g_strfreev);
}
