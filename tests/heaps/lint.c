/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the convention makes of names. */
#include "heaps/lint.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* broken: a letter for each rule that is broken, in the order of the name: Valid, Well-formed, Region, Unique,
 * Implementation, Properties. "": the name is good. better: NULL where none follows from the name. */
static const struct {
  const char *name, *broken, *better;
} names[] = {
  /* what the kernel's documentation says itself */
  { "memory@42000000-contiguous", "", NULL },
  { "video@42000000", "", NULL },
  { "cma-video", "I", "video@ADDRESS-contiguous" },
  { "system", "", NULL },
  { "system_cc_shared", "", NULL },
  { "default_cma_region", "", NULL },
  { "reserved", "", NULL },
  { "linux,cma", "", NULL },
  { "default-pool", "", NULL },
  { "protected,secure-video", "", NULL },
  { "protected,secure-video-record", "", NULL },
  { "protected,trusted-ui", "", NULL },
  /* of device trees */
  { "reserved@42000000", "", NULL },
  { "memory@0", "", NULL },
  { "video@c000000", "", NULL },
  { "display-contiguous@d000000", "", NULL },
  { "camera-isp@140000000", "", NULL },
  { "framebuffer@9d400000", "", NULL },
  { "linux,cma@8000000", "II", "memory@8000000-contiguous" },
  { "default-pool@8000000", "", NULL },
  { "secure-video@42000000", "P", "video@42000000-protected-contiguous" },
  /* of vendors */
  { "qcom,system", "I", NULL },
  { "system-secure", "P", "system-protected" },
  { "system-uncached", "", NULL },
  { "system-dma32", "", NULL },
  { "system-uncached-dma32", "", NULL },
  { "cma", "IR", "memory@ADDRESS-contiguous" },
  { "cma-dma32", "IR", "memory@ADDRESS-dma32-contiguous" },
  { "cma-uncached", "IR", "memory@ADDRESS-uncached-contiguous" },
  { "cma-uncached-dma32", "IR", "memory@ADDRESS-uncached-dma32-contiguous" },
  { "rk-dma-heap-cma", "IIR", "memory@ADDRESS-contiguous" },
  { "linux,cma-uncached", "IIR", "memory@ADDRESS-uncached-contiguous" },
  { "reserved-uncached", "R", "memory@ADDRESS-uncached-contiguous" },
  { "vidbuf_cached", "", NULL },
  { "hailo_media_buf,cma", "II", "media@ADDRESS-contiguous" },
  { "restricted_mtk_cma", "PIIR", "memory@ADDRESS-protected" },
  { "restricted_mtk_cm", "PI", "cm@ADDRESS-protected" },
  /* the implementation */
  { "ion", "IR", "memory@ADDRESS" },
  { "carveout", "IR", "memory@ADDRESS-contiguous" },
  { "carveout@42000000", "I", "memory@42000000-contiguous" },
  { "chunk-video", "I", "video@ADDRESS" },
  { "udmabuf0", "IR", "memory@ADDRESS" },
  { "optee-video", "I", "video@ADDRESS" },
  { "tee@42000000", "I", "memory@42000000-contiguous" },
  { "mediatek,vcodec", "I", "vcodec@ADDRESS" },
  { "nvidia-display-contiguous", "I", "display@ADDRESS-contiguous" },
  { "imx-vpu@58000000", "I", "vpu@58000000-contiguous" },
  { "cma2", "IR", "memory@ADDRESS-contiguous" },
  { "video-cma-contiguous", "I", "video@ADDRESS-contiguous" },
  { "cinema", "", NULL },
  { "vision", "", NULL },
  { "martian", "", NULL },
  /* the properties */
  { "video-contiguous", "", NULL },
  { "video-protected", "", NULL },
  { "video@42000000-protected", "", NULL },
  { "contiguous", "R", "memory@ADDRESS-contiguous" },
  { "protected", "R", "memory@ADDRESS-protected" },
  { "video-contig", "P", "video@ADDRESS-contiguous" },
  { "video-continuous", "P", "video@ADDRESS-contiguous" },
  { "video-encrypted", "P", "video@ADDRESS-protected" },
  { "trusted-ui", "P", "ui@ADDRESS-protected" },
  { "contiguous2", "PR", "memory@ADDRESS-contiguous" },
  { "discontiguous", "", NULL },
  /* the region */
  { "video", "", NULL },
  { "heap", "R", "memory@ADDRESS" },
  { "dma-heap-0", "R", "memory@ADDRESS" },
  { "0", "R", "memory@ADDRESS" },
  { "heap1", "R", "memory@ADDRESS" },
  { "memory", "R", "memory@ADDRESS" },
  { "dma_buf", "R", "memory@ADDRESS" },
  { "-", "R", "memory@ADDRESS" },
  /* the form */
  { "Video@42000000", "", NULL },
  { "VIDEO@FE000000", "", NULL },
  { "video@0042000000", "", NULL },
  { "video@0x42000000", "W", "video@ADDRESS" },
  { "video@", "W", "video@ADDRESS" },
  { "video@42000000@1", "W", "video@1-contiguous" },
  { "@42000000", "WR", "memory@ADDRESS" },
  { "my video", "W", "myvideo@ADDRESS" },
  { "video;cma", "W", "videocma@ADDRESS" },
  { "vid\xc3\xa9o", "W", "vido@ADDRESS" },
  { "", "V", NULL },
  { ".", "V", NULL },
  { "..", "V", NULL },
  { "a/b", "V", NULL },
  { "../system", "V", NULL },
  { "video\n", "V", NULL },
  { "\x1b[2J", "V", NULL },
};

static const char *
find_broken (const char *name, const char *const *others, size_t n_others, char letters[HEAP_NAME_MOST_FINDINGS + 1])
{
  struct heap_name_finding findings[HEAP_NAME_MOST_FINDINGS];
  size_t n = heap_name_lint (name, others, n_others, findings), n_broken = 0;

  for (size_t i = 0; i < n; i++) {
    if (findings[i].is_error)
      letters[n_broken++] = "VWSRUIPD"[findings[i].rule];
  }
  letters[n_broken] = '\0';
  return letters;
}

START_TEST (test_names_break_rules)
{
  for (size_t i = 0; i < N_ELEMENTS (names); i++) {
    char letters[HEAP_NAME_MOST_FINDINGS + 1];

    find_broken (names[i].name, NULL, 0, letters);
    ck_assert_msg (
        strcmp (letters, names[i].broken) == 0, "%s: breaks %s, not %s", names[i].name, letters, names[i].broken);
  }
}
END_TEST

START_TEST (test_better_names_are_good)
{
  for (size_t i = 0; i < N_ELEMENTS (names); i++) {
    char letters[HEAP_NAME_MOST_FINDINGS + 1];
    heap_better_name better;

    if (*names[i].broken == '\0')
      continue;
    if (!heap_name_improve (names[i].name, better)) {
      ck_assert_msg (names[i].better == NULL, "%s is not improved", names[i].name);
      continue;
    }
    ck_assert_msg (names[i].better != NULL, "%s becomes %s", names[i].name, better);
    ck_assert_msg (
        strcmp (better, names[i].better) == 0, "%s becomes %s, not %s", names[i].name, better, names[i].better);
    if (strstr (better, "ADDRESS") == NULL)
      ck_assert_msg (*find_broken (better, NULL, 0, letters) == '\0', "%s breaks %s", better, letters);
  }
}
END_TEST

START_TEST (test_name_of_another_heap_is_not_unique)
{
  static const char *const others[] = { "video@42000000", "system" };
  char letters[HEAP_NAME_MOST_FINDINGS + 1];

  ck_assert_str_eq (find_broken ("video@42000000", others, 2, letters), "U");
  ck_assert_str_eq (find_broken ("system", others, 2, letters), "U");
  ck_assert_str_eq (find_broken ("video@43000000", others, 2, letters), "");
}
END_TEST

START_TEST (test_findings_name_the_part)
{
  struct heap_name_finding findings[HEAP_NAME_MOST_FINDINGS];
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream (&text, &length);

  ck_assert_uint_gt (heap_name_lint ("video-cma@42000000", NULL, 0, findings), 0);
  heap_name_finding_write (out, &findings[0]);
  fclose (out);
  ck_assert_msg (strncmp (text, "\"cma\" is an allocator", 21) == 0, "%s", text);
  free (text);
}
END_TEST

START_TEST (test_names_with_many_findings_are_bounded)
{
  struct heap_name_finding findings[HEAP_NAME_MOST_FINDINGS];
  char name[256] = "cma";
  heap_better_name better;

  while (strlen (name) < 250)
    strcat (name, "-cma");
  ck_assert_uint_eq (heap_name_lint (name, NULL, 0, findings), HEAP_NAME_MOST_FINDINGS);
  memset (name, 'A', 255);
  name[255] = '\0';
  ck_assert (heap_name_improve (name, better));
  ck_assert_uint_eq (strlen (better), 255 + strlen ("@ADDRESS"));
}
END_TEST

int
main (void)
{
  const TTest *tests[] = { test_names_break_rules, test_better_names_are_good, test_name_of_another_heap_is_not_unique,
    test_findings_name_the_part, test_names_with_many_findings_are_bounded };

  return suite_run ("lint", NULL, NULL, tests, N_ELEMENTS (tests));
}
