/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Every importer with every heap: who takes whose memory, and how that is known.
 *
 * usage: device-importers [--print] [PART-OF-AN-IMPORTER'S-NAME]
 *
 * Prints the table, and fails where a verdict is not the expected one, or docs/importers.md says otherwise (not with
 * --print, nor for a part). */
#include "compositor.h"
#include "device-test.h"
#include "importer-table.h"
#include "importer-list.h"
#include "scattered-memory.h"
#include "video-device.h"

#define LONGEST_RELEASE_S 20

static const struct {
  const gchar *name;
  const gchar *exporter;
  gboolean contiguous;
} heaps[] = {
  { "system", "system", FALSE },
  { "process", "udmabuf", FALSE },
  { "process-contiguous", "udmabuf", TRUE },
  { "default_cma_region", "default_cma_region", TRUE },
  { "reserved", "reserved", TRUE },
  { "linux,cma@8000000", "linux,cma@8000000", TRUE },
  { "video@c000000", "video@c000000", TRUE },
  { "display-contiguous@d000000", "display-contiguous@d000000", TRUE },
};

static guint n_failed;

/* Booted with tests/vm/several-heaps.dts. */
static gboolean
has_several_regions (void)
{
  return g_file_test ("/dev/dma_heap/video@c000000", G_FILE_TEST_EXISTS);
}

static void G_GNUC_PRINTF (1, 2) complain (const gchar *format, ...)
{
  va_list arguments;
  gchar *text;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("FAILED: %s\n", text);
  g_free (text);
  n_failed++;
}

static gboolean
is_of_process (guint heap)
{
  return g_str_has_prefix (heaps[heap].name, "process");
}

/* Those that the kernel has, and the memory of this process; of several regions these alone, to save time. */
static gboolean
is_there (guint heap)
{
  gchar *path = g_build_filename ("/dev/dma_heap", heaps[heap].name, NULL);
  gboolean has_node = g_file_test (path, G_FILE_TEST_EXISTS);

  g_free (path);
  if (has_several_regions ())
    return has_node && heaps[heap].contiguous;
  return has_node || is_of_process (heap);
}

static guint
count_buffers (void)
{
  guint count = dmabuf_info_count ("udmabuf");

  for (guint i = 0; i < G_N_ELEMENTS (heaps); i++)
    count += is_of_process (i) ? 0 : dmabuf_info_count (heaps[i].exporter);
  return count;
}

/* Other processes and drivers let go of buffers in their own time. */
static void
check_all_released (const Importer *importer, guint before)
{
  guint left = count_buffers () - before;

  for (guint i = 0; i < LONGEST_RELEASE_S * 10 && left > 0; i++) {
    g_usleep (G_USEC_PER_SEC / 10);
    left = count_buffers () - before;
  }
  if (left > 0)
    complain ("%s: %u buffers are left over", importer->name, left);
}

static void
check_verdict (const Importer *importer, const gchar *heap, const gchar *expected, const gchar *verdict)
{
  if (!g_pattern_match_simple (expected, verdict))
    complain ("%s, %s: expected \"%s\", got \"%s\"", importer->name, heap, expected, verdict);
}

/* What the table says of it. */
static gchar *
word (const Importer *importer, const gchar *verdict)
{
  if (importer->not_applicable)
    return g_strdup_printf ("not applicable: %s", importer->not_applicable);
  if (g_str_equal (verdict, "ok"))
    return g_strdup_printf ("ok: %s", importer->proof);
  return g_strdup (verdict);
}

/* waylandsink gives a compositor one second for an import. Under emulation that may be too short, and then neither of
 * the two gets any further, whatever the memory: once more, with a new compositor. */
static gchar *
run_cell (const Importer *importer, guint heap, GSubprocess **compositor)
{
  gchar *verdict = matrix_cell_run (importer, heaps[heap].name, heaps[heap].exporter);

  if (!*compositor || !g_str_equal (verdict, "error: " MATRIX_CELL_STUCK))
    return verdict;
  g_printerr ("%s, %s: %s; tried again with a new compositor\n", importer->name, heaps[heap].name, verdict);
  g_free (verdict);
  compositor_stop (*compositor);
  *compositor = compositor_start (importer->compositor);
  return matrix_cell_run (importer, heaps[heap].name, heaps[heap].exporter);
}

static void
run_heap (const Importer *importer, guint heap, GSubprocess **compositor, ImporterTable *table)
{
  gchar *verdict = run_cell (importer, heap, compositor);
  gchar *words = word (importer, verdict);

  check_verdict (
      importer, heaps[heap].name, heaps[heap].contiguous ? importer->contiguous : importer->scattered, verdict);
  importer_table_add (table, importer->name, heaps[heap].name, words);
  g_free (words);
  g_free (verdict);
}

static void
run_importer (const Importer *importer, ImporterTable *table)
{
  gint64 begin = g_get_monotonic_time ();
  guint before = count_buffers ();
  GSubprocess *compositor = importer->compositor ? compositor_start (importer->compositor) : NULL;
  gchar *error = matrix_cell_run_stock (importer), *control = matrix_cell_run_without_heap (importer);

  if (error)
    complain ("%s, without us: %s", importer->name, error);
  check_verdict (importer, "system memory", importer->control, control);
  for (guint i = 0; i < G_N_ELEMENTS (heaps); i++) {
    if (is_there (i))
      run_heap (importer, i, &compositor, table);
  }
  g_clear_pointer (&compositor, compositor_stop);
  if (!importer->leaks)
    check_all_released (importer, before);
  g_printerr ("%s: %.1f s; in system memory: %s\n", importer->name,
      (g_get_monotonic_time () - begin) / (gdouble) G_USEC_PER_SEC, control);
  g_free (control);
  g_free (error);
}

static void
compare_with_document (ImporterTable *table)
{
  const gchar *document = g_getenv ("IMPORTERS_DOCUMENT");

  if (document && !importer_table_is_in (table, document))
    complain ("%s does not say what was measured. To have it say so: tests/device/update-importers.py", document);
}

static void
prepare (void)
{
  gchar *runtime_dir = g_dir_make_tmp ("device-XXXXXX", NULL);

  g_setenv ("XDG_RUNTIME_DIR", runtime_dir, TRUE);
  g_setenv ("GST_GL_PLATFORM", "egl", TRUE);
  g_setenv ("GST_GL_WINDOW", "surfaceless", TRUE);
  scattered_memory_begin ();
  for (guint i = 0; i < 2; i++)
    video_device_set_hdmi_output (i);
  g_free (runtime_dir);
}

int
main (int argc, char **argv)
{
  gboolean print = argc > 1 && g_str_equal (argv[1], "--print");
  const gchar *part = argc > 1 + print ? argv[1 + print] : NULL;
  ImporterTable *table;
  gchar *text;

  if (!g_file_test ("/dev/dma_heap/system", G_FILE_TEST_EXISTS)) {
    g_print ("SKIP: this kernel has no /dev/dma_heap/system; tests/vm/run.sh boots one that has\n");
    return DEVICE_TEST_SKIP;
  }
  prepare ();
  gst_init (NULL, NULL);
  table = importer_table_new (has_several_regions () ? "several regions" : "one region");
  for (const Importer *importer = importers; importer->name; importer++) {
    if (!part || strstr (importer->name, part))
      run_importer (importer, table);
  }
  text = importer_table_print (table);
  g_print ("%s", text);
  if (!print && !part)
    compare_with_document (table);
  g_free (text);
  importer_table_free (table);
  return n_failed > 0;
}
