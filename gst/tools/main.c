/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0: the table of commands, and the dispatch. */
#include "command.h"
#include "terminal.h"

#include <gst/gst.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#define PROGRAM "gst-heaps-1.0"

static const ToolCommand *const commands[] = {
  &tool_list,
  &tool_why,
  &tool_usage,
  &tool_probe,
  &tool_bench,
  &tool_lint,
  &tool_alloc,
  &tool_udev,
};

static const ToolCommand *
find_command (const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  return NULL;
}

static gchar *
describe_commands (void)
{
  GString *text = g_string_new ("Tells about the DMA-BUF heaps of this machine.\n\nCommands:");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "\n  %-24s %s", commands[i]->name, commands[i]->summary);
  g_string_append (text, "\n\n'" PROGRAM " COMMAND --help' tells about a command.");
  return g_string_free (text, FALSE);
}

static int
run_command (int argc, gchar **argv)
{
  const ToolCommand *command = find_command (argv[0]);
  g_autofree gchar *program = NULL;

  if (!command) {
    tool_error ("there is no command '%s' (see --help)", argv[0]);
    return TOOL_EXIT_USAGE;
  }
  program = g_strdup_printf (PROGRAM " %s", command->name);
  g_set_prgname (program);
  return command->run (argc, argv);
}

/* What stands before the command; *argc and *argv become what begins with the command. */
static gboolean
parse_options (int *argc, gchar ***argv, gboolean *version)
{
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND [ARGUMENT…]");
  g_autofree gchar *summary = describe_commands ();
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  tool_error ("%s (see --help)", error->message);
  return FALSE;
}

int
main (int argc, char **argv)
{
  gboolean version = FALSE;
  int exit_code;

  tool_occupy_streams ();
  setlocale (LC_ALL, "");
  /* A reader that has seen enough ends us without a word, whatever we inherited. */
  signal (SIGPIPE, SIG_DFL);
  g_set_prgname (PROGRAM);
  if (!parse_options (&argc, &argv, &version))
    return TOOL_EXIT_USAGE;
  if (version) {
    puts (PROGRAM " " GST_HEAPS_VERSION);
    return tool_finish_output (TOOL_EXIT_OK);
  }
  if (argc < 2) {
    tool_error ("which command? (see --help)");
    return TOOL_EXIT_USAGE;
  }
  /* No plugin is needed here, and a scan of all takes seconds. */
  g_setenv ("GST_REGISTRY_DISABLE", "yes", FALSE);
  gst_init (NULL, NULL);
  exit_code = run_command (argc - 1, argv + 1);
  return tool_finish_output (exit_code);
}
