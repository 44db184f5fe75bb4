/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 probe: what heaps really are. */
#include "heap-options.h"
#include "interrupt.h"
#include "options.h"
#include "probe-output.h"
#include "progress.h"
#include "size-text.h"
#include "terminal.h"

#include <stdio.h>

#define DEFAULT_SIZE (1920 * 1080 * 4)
#define DEFAULT_LARGEST (256 << 20)
#define MAX_MILLISECONDS 10000

typedef struct {
  gchar *device, *size_text, *largest_text; /* NULL: nothing was said */
  guint64 size, largest;                    /* what they come to */
  gint milliseconds;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->device);
  g_free (self->size_text);
  g_free (self->largest_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
check_arguments (Arguments *self)
{
  if (self->milliseconds < 1 || self->milliseconds > MAX_MILLISECONDS) {
    tool_error ("--milliseconds has to be from 1 to %d", MAX_MILLISECONDS);
    return FALSE;
  }
  return (!self->size_text || tool_parse_size ("--size", self->size_text, &self->size)) &&
         (!self->largest_text || tool_parse_size ("--largest", self->largest_text, &self->largest));
}

/* Text is printed as it comes, JSON at the end. */
static int
probe_all (GList *heaps, const ProbeSettings *settings, gboolean json)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) probe_result_free);
  int exit_code = TOOL_EXIT_OK;

  for (GList *l = heaps; l && !tool_interrupted (); l = l->next) {
    ProbeResult *result = probe_heap (l->data, settings);

    g_ptr_array_add (results, result);
    tool_progress_end ();
    if (!json) {
      tool_print (l == heaps ? "" : "\n");
      probe_print_text (result);
      fflush (stdout);
    }
    if (probe_result_is_bad (result))
      exit_code = TOOL_EXIT_NO;
  }
  if (json)
    probe_print_json (results, tool_interrupted ());
  else if (tool_interrupted ())
    tool_print ("\nInterrupted: there is more to find out.\n");
  return exit_code;
}

static int
probe (GList *heaps, const Arguments *arguments, gboolean json)
{
  ProbeSettings settings = { NULL, arguments->size, arguments->largest, arguments->milliseconds };
  g_autoptr (ProbeDevice) device = NULL;
  g_autoptr (GError) error = NULL;
  int exit_code;

  tool_interrupt_catch ();
  if (arguments->device) {
    GList *all = gst_heap_list ();

    settings.device = device = probe_device_new (arguments->device, all, &error);
    g_list_free_full (all, g_object_unref);
  }
  if (error) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_NO;
  }
  exit_code = probe_all (heaps, &settings, json);
  g_clear_pointer (&device, probe_device_free);
  tool_interrupt_pass_on ();
  return exit_code;
}

static int
run (int argc, gchar **argv)
{
  g_auto (Arguments) arguments = { .size = DEFAULT_SIZE, .largest = DEFAULT_LARGEST, .milliseconds = 10 };
  g_auto (ToolHeapOptions) heap_options = { 0 };
  const GOptionEntry own[] = {
    TOOL_HEAP_OPTION_ENTRIES (heap_options),
    { "device", 0, 0, G_OPTION_ARG_FILENAME, &arguments.device,
        "Import memory into this V4L2 device, which shows whether it is contiguous if the device has no IOMMU",
        "/dev/videoN" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &arguments.size_text,
        "Size of the buffer that is read and written (8100K, a frame of 1080p)", "SIZE" },
    { "largest", 0, 0, G_OPTION_ARG_STRING, &arguments.largest_text, "Try no larger buffer than this (256M)", "SIZE" },
    { "milliseconds", 0, 0, G_OPTION_ARG_INT, &arguments.milliseconds, "Time for each measurement (10)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };
  GList *heaps = NULL;
  int exit_code = TOOL_EXIT_USAGE;

  if (tool_options_parse (&options, &tool_probe, own, G_MAXUINT, argc, argv) && check_arguments (&arguments))
    exit_code = tool_heap_options_find (&heap_options, options.arguments, &heaps);
  if (exit_code == TOOL_EXIT_OK)
    exit_code = probe (heaps, &arguments, options.json);
  g_list_free_full (heaps, g_object_unref);
  return exit_code;
}

const ToolCommand tool_probe = {
  .name = "probe",
  .arguments = "[SELECTION…]",
  .summary = "Try heaps: what their memory really is, and how fast",
  .details = "Allocates memory of the heap that each SELECTION takes (see why), or of all heaps, and says whether it "
             "is zeroed, contiguous\n"
             "and cached, how fast it is read and written, how long allocating takes, and how large a buffer can be\n"
             "had. Each answer has its evidence, and what was known of the heap stands beside it.\n"
             "\n"
             "It takes a few seconds, no more than half of the memory that is available, and gives all of it back,\n"
             "interrupted too. The device, if one is given, must not be streaming; its format stays as it is.\n"
             "\n"
             "Exits with 0 when all heaps are as they should be, 1 when one cannot be used, is not zeroed, or is\n"
             "not what is known of it.",
  .run = run,
};
