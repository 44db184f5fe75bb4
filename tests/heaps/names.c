/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What names tell. */
#include "heaps/names.h"
#include "suite.h"

#include <string.h>

/* answers: one of y, n, ? for each property, in the order importable, contiguous, cacheable, protected, dma32,
 * decrypted. sources: of Config, Kernel, Vendor, cOnvention, or "." for none. */
struct known_name {
  const char *name, *answers, *sources;
};

static const struct known_name known_names[] = {
  /* the kernel's own */
  { "system", "?nynnn", ".KKKKK" },
  { "system_cc_shared", "?nynny", ".KKKKK" },
  { "default_cma_region", "?yyn?n", ".KKK.K" },
  { "reserved", "?yyn?n", ".KKK.K" },
  { "linux,cma", "?yyn?n", ".KKK.K" },
  { "default-pool", "?yyn?n", ".KKK.K" },
  { "protected,secure-video", "???y?n", "...K.K" },
  { "protected,secure-video-record", "???y?n", "...K.K" },
  { "protected,trusted-ui", "???y?n", "...K.K" },
  /* nodes of the device tree */
  { "linux,cma@8000000", "?yyn?n", ".KKK.K" },
  { "reserved@0", "?yyn?n", ".KKK.K" },
  { "video@42000000", "?yyn?n", ".KKK.K" },
  { "display-contiguous@d000000", "?yyn?n", ".KKK.K" },
  { "region@fFfFfFfF", "?yyn?n", ".KKK.K" },
  { "region@100000000", "?yynnn", ".KKKOK" },
  { "region@000000000000000042000000", "?yyn?n", ".KKK.K" },
  { "protected-video@42000000", "???y??", "...O.." },
  { "protected@140000000", "???yn?", "...OO." },
  /* vendors */
  { "qcom,system", "?nynn?", ".VVVV." },
  { "system-secure", "???y??", "...V.." },
  { "system-uncached", "?nnnn?", ".VVVV." },
  { "system-dma32", "?nyny?", ".VVVV." },
  { "system-uncached-dma32", "?nnny?", ".VVVV." },
  { "cma", "?yyn??", ".VVV.." },
  { "cma-dma32", "?yyny?", ".VVVV." },
  { "cma-uncached", "?ynn??", ".VVV.." },
  { "cma-uncached-dma32", "?ynny?", ".VVVV." },
  { "rk-dma-heap-cma", "?y?n??", ".V.V.." },
  { "linux,cma-uncached", "?ynn??", ".VVV.." },
  { "reserved-uncached", "?ynn??", ".VVV.." },
  { "vidbuf_cached", "??yn??", "..VV.." },
  { "hailo_media_buf,cma", "?y?n??", ".V.V.." },
  { "restricted_mtk_cma", "???y??", "...V.." },
  { "restricted_mtk_cm", "???y??", "...V.." },
  /* the naming convention */
  { "memory@42000000-contiguous", "?y????", ".O...." },
  { "memory@242000000-contiguous", "?y??n?", ".O..O." },
  { "contiguous", "?y????", ".O...." },
  { "camera-contiguous", "?y????", ".O...." },
  { "camera_contiguous_video", "?y????", ".O...." },
  { "contiguous,protected", "?y?y??", ".O.O.." },
  { "video-protected", "???y??", "...O.." },
  /* nothing */
  { "process", "??????", "......" },
  { "video", "??????", "......" },
  { "System", "??????", "......" },
  { "LINUX,CMA", "??????", "......" },
  { "Contiguous", "??????", "......" },
  { "discontiguous", "??????", "......" },
  { "contiguous2", "??????", "......" },
  { "unprotected", "??????", "......" },
  { "foo,cma", "??????", "......" },
  { "system2", "??????", "......" },
  { "video@", "??????", "......" },
  { "video@4200000g", "??????", "......" },
  { "video@0x42000000", "??????", "......" },
  { "video@-1", "??????", "......" },
  { "video@ 1", "??????", "......" },
  { "@42000000", "??????", "......" },
  { "video@10000000000000000", "??????", "......" },
  { "video@42000000@", "??????", "......" },
  { "linux,cma@8000000-uncached", "??????", "......" },
};

static void
format_facts (const struct heap_facts *facts, char answers[], char sources[])
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    answers[i] = "?ny"[facts->of[i].answer];
    sources[i] = ".CBKVO"[facts->of[i].source];
  }
  answers[HEAP_N_PROPERTIES] = sources[HEAP_N_PROPERTIES] = '\0';
}

START_TEST (test_name_tells_facts)
{
  for (size_t i = 0; i < N_ELEMENTS (known_names); i++) {
    const struct known_name *known = &known_names[i];
    char answers[HEAP_N_PROPERTIES + 1], sources[HEAP_N_PROPERTIES + 1];
    struct heap_facts facts;

    heap_name_facts (known->name, NULL, &facts);
    format_facts (&facts, answers, sources);
    ck_assert_msg (strcmp (answers, known->answers) == 0, "%s: %s, not %s", known->name, answers, known->answers);
    ck_assert_msg (strcmp (sources, known->sources) == 0, "%s: %s, not %s", known->name, sources, known->sources);
  }
}
END_TEST

START_TEST (test_valid_names)
{
  static const char *const names[] = { "system", "linux,cma@8000000", "a", "...", "with space", "\xc3\xa9", "\xff" };

  for (size_t i = 0; i < N_ELEMENTS (names); i++)
    ck_assert_msg (heap_name_is_valid (names[i]), "%s", names[i]);
}
END_TEST

START_TEST (test_invalid_names)
{
  static const char *const names[] = { "", ".", "..", "/", "a/b", "../system", "a\n", "\t", "a\x1f", "\x7f" };

  for (size_t i = 0; i < N_ELEMENTS (names); i++)
    ck_assert_msg (!heap_name_is_valid (names[i]), "%s", names[i]);
}
END_TEST

START_TEST (test_name_has_at_most_255_bytes)
{
  char name[257];

  memset (name, 'a', sizeof name);
  name[256] = '\0';
  ck_assert (!heap_name_is_valid (name));
  name[255] = '\0';
  ck_assert (heap_name_is_valid (name));
}
END_TEST

START_TEST (test_parse_takes_name_apart)
{
  static const struct {
    const char *name, *region;
    bool has_address, is_node_name, contiguous, is_protected;
    uint64_t address;
  } rows[] = {
    { "system", "system", false, false, false, false, 0 },
    { "video@42000000", "video", true, true, false, false, 0x42000000 },
    { "video@42000000-contiguous", "video", true, false, true, false, 0x42000000 },
    { "a@b@c", "a@b", true, true, false, false, 0xc },
    { "v@ffffffffffffffff", "v", true, true, false, false, UINT64_MAX },
    { "v@10000000000000000", "v@10000000000000000", false, false, false, false, 0 },
    { "v@1,0", "v", true, false, false, false, 1 },
    { "protected,x_contiguous", "protected,x_contiguous", false, false, true, true, 0 },
    { "x@1_protected", "x", true, false, false, true, 1 },
  };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    struct heap_name_parts parts;
    heap_name_parse (rows[i].name, &parts);
    ck_assert_ptr_eq (parts.region, rows[i].name);
    ck_assert_msg (parts.region_length == strlen (rows[i].region), "%s", rows[i].name);
    ck_assert_msg (parts.has_address == rows[i].has_address, "%s", rows[i].name);
    ck_assert_msg (parts.is_node_name == rows[i].is_node_name, "%s", rows[i].name);
    ck_assert_msg (parts.contiguous == rows[i].contiguous, "%s", rows[i].name);
    ck_assert_msg (parts.is_protected == rows[i].is_protected, "%s", rows[i].name);
    ck_assert_msg (parts.address == rows[i].address, "%s", rows[i].name);
  }
}
END_TEST

START_TEST (test_names_of_default_region_share_it)
{
  static const char *const same[][2] = {
    { "default_cma_region", "linux,cma" },
    { "reserved", "default_cma_region" },
    { "default-pool", "default_cma_region" },
    { "linux,cma@8000000", "default_cma_region" },
    { "linux,cma@8000000", "reserved@8000000" },
  };
  static const char *const different[][2] = {
    { "default_cma_region", "system" },
    { "default_cma_region", "video@42000000" },
    { "linux,cma@8000000", "linux,cma@9000000" },
    { "linux,cma", "linux,cma-uncached" },
    { "linux,cma@8000000-uncached", "linux,cma" },
    { "reserved", "reserved-uncached" },
    { "system", "qcom,system" },
    { "default_cma_region2", "default_cma_region" },
    { "default_cma", "default_cma_region" },
  };

  for (size_t i = 0; i < N_ELEMENTS (same); i++) {
    ck_assert_msg (heap_names_share_region (same[i][0], same[i][1]), "%s", same[i][0]);
    ck_assert_msg (heap_names_share_region (same[i][1], same[i][0]), "%s", same[i][0]);
  }
  for (size_t i = 0; i < N_ELEMENTS (different); i++)
    ck_assert_msg (!heap_names_share_region (different[i][0], different[i][1]), "%s", different[i][0]);
}
END_TEST

/* All aliases of name, with ";" between them. */
static const char *
list_aliases (const char *name, const struct heap_config *config)
{
  static char list[512];
  const char *alias;

  *list = '\0';
  for (size_t i = 0; (alias = heap_name_alias (name, config, i)) != NULL; i++) {
    if (i > 0)
      strcat (list, ";");
    strcat (list, alias);
  }
  return list;
}

START_TEST (test_aliases_come_todays_name_first)
{
  ck_assert_str_eq (list_aliases ("linux,cma", NULL), "default_cma_region;reserved;default-pool");
  ck_assert_str_eq (list_aliases ("default_cma_region", NULL), "reserved;linux,cma;default-pool");
  ck_assert_str_eq (list_aliases ("linux,cma@8000000", NULL), "default_cma_region;reserved;linux,cma;default-pool");
  ck_assert_str_eq (list_aliases ("qcom,system", NULL), "system");
  ck_assert_str_eq (list_aliases ("system", NULL), "qcom,system");
  ck_assert_str_eq (list_aliases ("video@42000000", NULL), "");
  ck_assert_str_eq (list_aliases ("linux,cma-uncached", NULL), "");
}
END_TEST

static const char *const video_aliases[] = { "vid", "linux,cma", NULL };
static const struct heap_declaration declarations[] = {
  { "video", { { [HEAP_CONTIGUOUS] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, video_aliases, 0 },
  { "reserved", { { [HEAP_DMA32] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
  { "system", { { [HEAP_CACHEABLE] = { HEAP_NO, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
  { "linux,cma", { { [HEAP_CONTIGUOUS] = { HEAP_NO, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
};
static const struct heap_config config = { declarations, N_ELEMENTS (declarations) };

START_TEST (test_declared_aliases_come_first_and_lead_both_ways)
{
  ck_assert_str_eq (list_aliases ("video", &config), "vid;linux,cma");
  ck_assert_str_eq (list_aliases ("vid", &config), "video;linux,cma");
  ck_assert_ptr_eq (heap_name_alias ("linux,cma", &config, 0), declarations[0].name);
}
END_TEST

START_TEST (test_declaration_overrides_what_is_known)
{
  static const struct known_name rows[] = {
    { "system", "?nnnnn", ".KCKKK" },
    /* by another name of the region */
    { "default_cma_region", "?nynyn", ".CKKCK" },
    { "vid", "?y????", ".C...." },
    /* what is declared of the very name counts, wherever it stands */
    { "linux,cma", "?nynyn", ".CKKCK" },
    { "videos", "??????", "......" },
  };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    char answers[HEAP_N_PROPERTIES + 1], sources[HEAP_N_PROPERTIES + 1];
    struct heap_facts facts;
    heap_name_facts (rows[i].name, &config, &facts);
    format_facts (&facts, answers, sources);
    ck_assert_str_eq (answers, rows[i].answers);
    ck_assert_str_eq (sources, rows[i].sources);
  }
}
END_TEST

START_TEST (test_declaration_of_the_very_name_counts_before_that_of_an_alias)
{
  static const char *const aliases[] = { "camera", NULL };
  static const struct heap_declaration conflicting[] = {
    { "camera", { { [HEAP_CONTIGUOUS] = { HEAP_NO, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
    { "video", { { [HEAP_CONTIGUOUS] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, aliases, 0 },
  };
  struct heap_facts facts;

  heap_name_facts ("camera", &(struct heap_config){ conflicting, 2 }, &facts);
  ck_assert_int_eq (facts.of[HEAP_CONTIGUOUS].answer, HEAP_NO);
}
END_TEST

START_TEST (test_declaration_of_the_default_region_is_not_for_others_of_such_names)
{
  struct heap_facts facts;

  heap_name_own_facts ("linux,cma@8000000", &config, &facts);
  ck_assert_int_eq (facts.of[HEAP_DMA32].answer, HEAP_UNKNOWN);
  ck_assert_int_eq (facts.of[HEAP_CONTIGUOUS].source, HEAP_SOURCE_KERNEL);
  heap_name_own_facts ("reserved", &config, &facts);
  ck_assert_int_eq (facts.of[HEAP_DMA32].answer, HEAP_YES);
  heap_name_own_facts ("vid", &config, &facts);
  ck_assert_int_eq (facts.of[HEAP_CONTIGUOUS].source, HEAP_SOURCE_CONFIG);
}
END_TEST

START_TEST (test_names_of_the_default_region)
{
  static const char *const yes[] = { "default_cma_region", "reserved", "linux,cma", "default-pool", "linux,cma@1000" };
  static const char *const no[] = { "system", "video@1000", "linux,cma-uncached", "linux,cma@1000-uncached", "cma" };

  for (size_t i = 0; i < N_ELEMENTS (yes); i++)
    ck_assert_msg (heap_name_is_default_region (yes[i]), "%s", yes[i]);
  for (size_t i = 0; i < N_ELEMENTS (no); i++)
    ck_assert_msg (!heap_name_is_default_region (no[i]), "%s", no[i]);
}
END_TEST

START_TEST (test_rank_is_the_order_a_program_wants)
{
  static const char *const names[] = { "system", "default_cma_region", "reserved", "linux,cma", "default-pool", "a" };

  for (size_t i = 1; i < N_ELEMENTS (names); i++)
    ck_assert_uint_lt (heap_name_rank (names[i - 1]), heap_name_rank (names[i]));
  ck_assert_uint_eq (heap_name_rank ("a"), heap_name_rank ("qcom,system"));
  ck_assert_uint_eq (heap_name_rank ("linux,cma"), heap_name_rank ("linux,cma@1000"));
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_name_tells_facts,
    test_valid_names,
    test_invalid_names,
    test_name_has_at_most_255_bytes,
    test_parse_takes_name_apart,
    test_names_of_default_region_share_it,
    test_aliases_come_todays_name_first,
    test_declared_aliases_come_first_and_lead_both_ways,
    test_declaration_overrides_what_is_known,
    test_declaration_of_the_very_name_counts_before_that_of_an_alias,
    test_declaration_of_the_default_region_is_not_for_others_of_such_names,
    test_names_of_the_default_region,
    test_rank_is_the_order_a_program_wants,
  };

  return suite_run ("names", NULL, NULL, tests, N_ELEMENTS (tests));
}
