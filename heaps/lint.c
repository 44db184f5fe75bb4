/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Checks names of heaps against the kernel's convention. */
#include "lint.h"

#include "text.h"

#include <inttypes.h>
#include <string.h>

#define SEPARATORS "-_,@"
#define HEX "0123456789abcdef"
#define DIGITS "0123456789"
#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

/* What a word in a name is. Words that are not listed are taken for what the heap is for, or where it is. */
enum kind
{
  OTHER,
  ALLOCATOR,
  CONTIGUOUS_ALLOCATOR, /* the same, and it can but give contiguous memory */
  DRIVER,
  MEANS_CONTIGUOUS,
  MEANS_PROTECTED,
  IS_CONTIGUOUS,
  IS_PROTECTED,
  ATTRIBUTE, /* says how the memory is, in a way the convention has no word for */
  FILLER,
  GENERIC, /* a region that has to be told from others by its address */
  SYSTEM,
  N_KINDS,
};

static const struct {
  enum kind kind;
  const char *words; /* separated by spaces */
} vocabulary[] = {
  { ALLOCATOR, "ion chunk genpool buddy slab shmem memfd udmabuf gem ttm vb2 v4l2" },
  { CONTIGUOUS_ALLOCATOR, "cma carveout" },
  { DRIVER,
      "linux drm tee optee iommu smmu qcom qti mtk mediatek rk rockchip imx nxp fsl ti hailo amlogic meson samsung "
      "exynos brcm bcm rpi nvidia tegra xilinx xlnx st stm32 renesas intel amd arm apple sprd unisoc allwinner" },
  { MEANS_CONTIGUOUS, "contig continuous contiguity physcontig" },
  { MEANS_PROTECTED, "secure restricted trusted encrypted confidential svp" },
  { IS_CONTIGUOUS, "contiguous" },
  { IS_PROTECTED, "protected" },
  { ATTRIBUTE, "cached uncached cacheable dma32 shared decrypted" },
  { FILLER, "heap heaps dma dmabuf buf buffer buffers pool" },
  { GENERIC, "memory mem reserved region default" },
  { SYSTEM, "system" },
};

struct word {
  const char *text; /* not terminated */
  size_t length;
  enum kind kind;
};

/* A name on its way: what was found in it so far. */
struct linter {
  struct heap_name_finding *findings;
  size_t n_findings;
  const char *name;
  struct heap_name_parts parts;
  bool has_kind[N_KINDS];
};

static const struct {
  const char *name, *text;
} rules[] = {
  [HEAP_NAME_VALID] = { "valid", "A name has 1 to 255 bytes, none of them \"/\" or a control character" },
  [HEAP_NAME_WELL_FORMED] = { "well-formed", "A name is lower case, and its address as in a device tree" },
  [HEAP_NAME_STABLE] = { "stable", "A name never changes from one version to the next" },
  [HEAP_NAME_DESCRIBES_REGION] = { "describes-region", "A name describes the region the heap allocates from" },
  [HEAP_NAME_UNIQUE] = { "unique", "A name is unique on the platform" },
  [HEAP_NAME_NO_IMPLEMENTATION] = { "no-implementation", "A name says nothing of the implementation" },
  [HEAP_NAME_TELLS_PROPERTIES] = { "tells-properties", "A name tells whether memory is contiguous or protected" },
  [HEAP_NAME_DOCUMENTED] = { "documented", "The kernel's own names are accepted" },
};

static const struct {
  enum heap_name_rule rule;
  bool is_error;
  const char *reason; /* NULL: the word is welcome */
} judgements[N_KINDS] = {
  [ALLOCATOR] = { HEAP_NAME_NO_IMPLEMENTATION, true, "is an allocator, and which one it is may change" },
  [CONTIGUOUS_ALLOCATOR] = { HEAP_NAME_NO_IMPLEMENTATION, true,
      "is an allocator, and which one it is may change: say \"contiguous\" where that is meant" },
  [DRIVER] = { HEAP_NAME_NO_IMPLEMENTATION, true, "is a driver or a vendor, which says nothing of the memory" },
  [MEANS_CONTIGUOUS] = { HEAP_NAME_TELLS_PROPERTIES, true, "is not how the convention says \"contiguous\"" },
  [MEANS_PROTECTED] = { HEAP_NAME_TELLS_PROPERTIES, true, "is not how the convention says \"protected\"" },
  [FILLER] = { HEAP_NAME_DESCRIBES_REGION, false, "is true of each heap" },
};

const char *
heap_name_rule_name (enum heap_name_rule rule)
{
  return rules[rule].name;
}

const char *
heap_name_rule_text (enum heap_name_rule rule)
{
  return rules[rule].text;
}

static bool
is_listed (const char *words, const char *text, size_t length)
{
  for (size_t n; *words != '\0'; words += n + strspn (words + n, " ")) {
    n = strcspn (words, " ");
    if (n == length && strncmp (words, text, length) == 0)
      return true;
  }
  return false;
}

/* Digits behind a word number it, and change nothing of what it is. */
static size_t
length_without_number (const char *text, size_t length)
{
  while (length > 0 && memchr (DIGITS, text[length - 1], strlen (DIGITS)) != NULL)
    length--;
  return length;
}

static enum kind
find_kind (const char *text, size_t length)
{
  for (size_t i = 0; i < N_ELEMENTS (vocabulary); i++) {
    if (is_listed (vocabulary[i].words, text, length))
      return vocabulary[i].kind;
  }
  return OTHER;
}

/* Who looks for "contiguous" does not find "contiguous2". */
static enum kind
kind_of (const char *text, size_t length)
{
  size_t bare = length_without_number (text, length);
  enum kind kind = find_kind (text, length);

  if (kind != OTHER)
    return kind;
  if (bare == 0 && length > 0)
    return GENERIC;
  kind = find_kind (text, bare);
  return kind == IS_CONTIGUOUS ? MEANS_CONTIGUOUS : kind == IS_PROTECTED ? MEANS_PROTECTED : kind;
}

/* The next word from *position on, which moves behind it; an address is none. */
static bool
next_word (const struct heap_name_parts *parts, const char **position, struct word *ret_word)
{
  const char *text = *position;

  for (;; text++) {
    if (parts->has_address && text == parts->region + parts->region_length)
      text += 1 + strspn (text + 1, HEX "ABCDEF");
    if (*text == '\0' || strchr (SEPARATORS, *text) == NULL)
      break;
  }
  *ret_word = (struct word){ .text = text, .length = strcspn (text, SEPARATORS) };
  ret_word->kind = kind_of (ret_word->text, ret_word->length);
  *position = text + ret_word->length;
  return ret_word->length > 0;
}

static void
add (struct linter *self, enum heap_name_rule rule, bool is_error, const struct word *word, const char *reason)
{
  if (self->n_findings == HEAP_NAME_MOST_FINDINGS)
    return;
  self->findings[self->n_findings++] = (struct heap_name_finding){
    .rule = rule,
    .is_error = is_error,
    .part = word != NULL ? word->text : NULL,
    .part_length = word != NULL ? word->length : 0,
    .reason = reason,
  };
}

static void
check_characters (struct linter *self)
{
  const char *first_at = strchr (self->name, '@');
  size_t plain = strspn (self->name, DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" SEPARATORS ".+");

  if (self->name[plain] != '\0')
    add (self, HEAP_NAME_WELL_FORMED, true, NULL, "has characters that need quoting");
  if (strpbrk (self->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
    add (self, HEAP_NAME_WELL_FORMED, false, NULL, "is not all lower case");
  if (first_at == NULL)
    return;
  if (!self->parts.has_address || first_at != self->name + self->parts.region_length)
    add (self, HEAP_NAME_WELL_FORMED, true, NULL,
        "has an \"@\" that is not the one before an address: hexadecimal digits, without \"0x\"");
  else if (first_at[1] == '0' && strchr (HEX, first_at[2]) != NULL && first_at[2] != '\0')
    add (self, HEAP_NAME_WELL_FORMED, false, NULL, "has an address with leading zeros");
}

static void
check_word (struct linter *self, const struct word *word)
{
  self->has_kind[word->kind] = true;
  if (judgements[word->kind].reason != NULL)
    add (self, judgements[word->kind].rule, judgements[word->kind].is_error, word, judgements[word->kind].reason);
  if (word->kind != ATTRIBUTE && length_without_number (word->text, word->length) < word->length &&
      !self->parts.has_address)
    add (self, HEAP_NAME_STABLE, false, word, "ends with a number, which may depend on the order of probing");
}

static void
check_region (struct linter *self)
{
  if (self->parts.has_address || self->has_kind[SYSTEM])
    return;
  if (self->has_kind[OTHER])
    add (self, HEAP_NAME_DESCRIBES_REGION, false, NULL,
        "says what the memory is for, and not where it is: an address does");
  else
    add (self, HEAP_NAME_DESCRIBES_REGION, true, NULL, "does not say which memory it is: an address does");
}

/* Of a region in the device tree it is known, and of the system's memory. */
static void
check_properties (struct linter *self)
{
  static const enum kind telling[] = { IS_CONTIGUOUS, IS_PROTECTED, MEANS_CONTIGUOUS, MEANS_PROTECTED,
    CONTIGUOUS_ALLOCATOR, SYSTEM };

  for (size_t i = 0; i < N_ELEMENTS (telling); i++) {
    if (self->has_kind[telling[i]])
      return;
  }
  if (!self->parts.has_address)
    add (self, HEAP_NAME_TELLS_PROPERTIES, false, NULL, "tells neither \"contiguous\" nor \"protected\"");
}

static void
check_others (struct linter *self, const char *const *others, size_t n_others)
{
  for (size_t i = 0; i < n_others; i++) {
    if (strcmp (self->name, others[i]) == 0) {
      add (self, HEAP_NAME_UNIQUE, true, NULL, "is another heap's, too");
      return;
    }
  }
}

/* Two heaps of one name are wrong whoever named them. */
static void
accept_documented (struct linter *self)
{
  for (size_t i = 0; i < self->n_findings; i++)
    self->findings[i].is_error = self->findings[i].rule == HEAP_NAME_UNIQUE;
  add (self, HEAP_NAME_DOCUMENTED, false, NULL, "is the kernel's own, and accepted as it is");
}

size_t
heap_name_lint (const char *name, const char *const *others, size_t n_others,
    struct heap_name_finding ret_findings[HEAP_NAME_MOST_FINDINGS])
{
  struct linter self = { .findings = ret_findings, .name = name };
  const char *position = name;
  struct word word;

  if (!heap_name_is_valid (name)) {
    add (&self, HEAP_NAME_VALID, true, NULL, "cannot be a node in a directory");
    return self.n_findings;
  }
  heap_name_parse (name, &self.parts);
  check_characters (&self);
  while (next_word (&self.parts, &position, &word))
    check_word (&self, &word);
  check_region (&self);
  check_properties (&self);
  check_others (&self, others, n_others);
  if (heap_name_is_documented (name))
    accept_documented (&self);
  return self.n_findings;
}

/* In lower case, and without what needs quoting. Returns: whether anything is left of the word */
static bool
write_word (FILE *out, const char *before, const struct word *word)
{
  bool any = false;

  for (size_t i = 0; i < word->length; i++) {
    char c = word->text[i];

    if (c >= 'A' && c <= 'Z')
      c = (char) (c - 'A' + 'a');
    if (strchr (DIGITS "abcdefghijklmnopqrstuvwxyz", c) == NULL)
      continue;
    fprintf (out, "%s%c", any ? "" : before, c);
    any = true;
  }
  return any;
}

/* Where the memory is, or what it is for; "memory" where nothing says that. */
static void
write_region (FILE *out, const struct heap_name_parts *parts)
{
  const char *position = parts->region, *before = "";
  struct word word;

  while (next_word (parts, &position, &word)) {
    bool is_number = word.length > 2 && memcmp (word.text, "0x", 2) == 0;
    if ((word.kind == OTHER || word.kind == SYSTEM) && !is_number && write_word (out, before, &word))
      before = "-";
  }
  if (*before == '\0')
    fputs ("memory", out);
}

static void
write_attributes (FILE *out, const struct heap_name_parts *parts)
{
  const char *position = parts->region;
  struct word word;

  while (next_word (parts, &position, &word)) {
    if (word.kind == ATTRIBUTE)
      write_word (out, "-", &word);
  }
}

static void
collect_kinds (const struct heap_name_parts *parts, bool ret_has_kind[N_KINDS])
{
  const char *position = parts->region;
  struct word word;

  while (next_word (parts, &position, &word))
    ret_has_kind[word.kind] = true;
}

/* What the name means to say, and what is known of the heap that has it. */
static void
write_properties (FILE *out, const char *name, const bool has_kind[N_KINDS])
{
  struct heap_facts facts;
  bool is_protected, is_contiguous;

  heap_name_facts (name, NULL, &facts);
  is_protected = has_kind[MEANS_PROTECTED] || has_kind[IS_PROTECTED] || facts.of[HEAP_PROTECTED].answer == HEAP_YES;
  is_contiguous = has_kind[MEANS_CONTIGUOUS] || has_kind[IS_CONTIGUOUS] ||
                  (has_kind[CONTIGUOUS_ALLOCATOR] && !is_protected) || facts.of[HEAP_CONTIGUOUS].answer == HEAP_YES;
  fprintf (out, "%s%s", is_protected ? "-protected" : "", is_contiguous ? "-contiguous" : "");
}

bool
heap_name_improve (const char *name, heap_better_name ret_better)
{
  bool has_kind[N_KINDS] = { false };
  struct heap_name_parts parts;
  FILE *out;

  if (!heap_name_is_valid (name))
    return false;
  out = fmemopen (ret_better, sizeof (heap_better_name), "w");
  if (out == NULL)
    return false;
  heap_name_parse (name, &parts);
  collect_kinds (&parts, has_kind);
  write_region (out, &parts);
  if (parts.has_address)
    fprintf (out, "@%" PRIx64, parts.address);
  else if (!has_kind[SYSTEM])
    fputs ("@ADDRESS", out);
  write_attributes (out, &parts);
  write_properties (out, name, has_kind);
  return fclose (out) == 0 && !heap_name_is_documented (ret_better);
}

void
heap_name_finding_write (FILE *out, const struct heap_name_finding *finding)
{
  char part[256];

  if (finding->part != NULL) {
    memcpy (part, finding->part, finding->part_length);
    part[finding->part_length] = '\0';
    fputc ('"', out);
    text_write_escaped (out, part);
    fputs ("\" ", out);
  }
  fputs (finding->reason, out);
}
